"""A cloud for the SageMaker service under test: moto's server for S3, Logs and CloudWatch, the rest by
hand."""

from __future__ import annotations

import json
import os
import sys
import threading
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config

from localcloud.services.sagemaker import ApiError, Image, ImageUnavailable, Limits, SageMaker

if TYPE_CHECKING:
    from collections.abc import Callable

IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/fake:1"
ROLE = "arn:aws:iam::000000000000:role/jobs"
PROGRAM = Path(__file__).with_name("program.py")


@dataclass
class FakePorts:
    """CloudPorts; keeps every event that it is given."""

    endpoint_url: str
    account: str = "000000000000"
    region: str = "us-east-1"
    events: list[dict[str, Any]] = field(default_factory=list)
    fence: dict[str, str] = field(default_factory=lambda: {"FENCED": "yes"})
    # Told every detail, before the service goes on.
    heard: Callable[[dict[str, Any]], object] = lambda _: None

    def credentials_env(self, role_arn: str | None) -> dict[str, str]:
        return {"AWS_ACCESS_KEY_ID": role_arn or "service", "AWS_SECRET_ACCESS_KEY": "secret"}

    def emit(self, source: str, detail_type: str, resources: list[str], detail: dict[str, Any]) -> None:
        event = {"source": source, "detail-type": detail_type, "resources": resources, "detail": detail}
        self.events.append(json.loads(json.dumps(event)))
        self.heard(detail)

    def image(self, uri: str) -> Image:
        if uri != IMAGE:
            raise ImageUnavailable("no image has this name")
        argv = [sys.executable, "-S", str(PROGRAM)]
        return Image(argv, {"IN_IMAGE": "yes"}, Path(PROGRAM.parent), "sha256:" + "a" * 64, ["process"])

    def fence_env(self) -> dict[str, str]:
        return self.fence


@dataclass
class Laptop:
    """The service, the clients that a user would have, and a bucket."""

    state: Path
    ports: FakePorts
    bucket: str
    limits: Limits = field(default_factory=lambda: Limits(jobs_at_once=4, stop_grace_seconds=2))
    _clients: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        # Before a test puts AWS_PROFILE into the environment.
        self.s3 = self.client("s3", s3={"addressing_style": "path"})
        self.logs = self.client("logs")
        self.s3.create_bucket(Bucket=self.bucket)
        self.start()

    def start(self) -> None:
        self.service = SageMaker(self.state, self.ports, self.limits)
        self.service.start()
        self.sagemaker = self.direct("sagemaker")
        self.runtime = self.direct("sagemaker-runtime")

    def stop(self) -> None:
        self.service.stop()

    def close(self) -> None:
        self.stop()
        for client in self._clients:
            client.close()

    def client(self, service: str, **config: Any) -> Any:
        client = boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.ports.endpoint_url,
            region_name=self.ports.region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"max_attempts": 0}, **config),
        )
        self._clients.append(client)
        return client

    def direct(self, service: str) -> Any:
        """A real boto3 client whose requests go to the service without a socket in between."""
        client = self.client(service, parameter_validation=False)
        client.meta.events.register("before-send", self._answer)
        return client

    def put(self, key: str, text: str | bytes) -> str:
        body = text.encode() if isinstance(text, str) else text
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)
        return f"s3://{self.bucket}/{key}"

    def get(self, key: str) -> bytes:
        body: bytes = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body

    def keys(self, prefix: str) -> list[str]:
        found = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix).get("Contents", [])
        return [item["Key"] for item in found]

    def uri(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"

    def log_lines(self, group: str, prefix: str) -> list[str]:
        streams = self.logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=prefix)["logStreams"]
        pages = [
            self.logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])["events"]
            for stream in streams
        ]
        return [event["message"] for page in pages for event in page]

    def details(self, detail_type: str) -> list[dict[str, Any]]:
        return [event["detail"] for event in self.ports.events if event["detail-type"] == detail_type]

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        headers = {name: _text(value) for name, value in request.headers.items()}
        body = request.body.encode() if isinstance(request.body, str) else bytes(request.body or b"")
        try:
            status, sent, said = self._route(request, headers, body)
        except ApiError as error:
            document = {"__type": error.code, "message": error.message, **error.fields}
            status, sent, said = error.status, {"x-amzn-errortype": error.code}, json.dumps(document).encode()
        return AWSResponse(request.url, status, HTTPHeaders.from_dict(dict(sent)), _Raw(said))

    def _route(self, request: Any, headers: dict[str, str], body: bytes) -> Any:
        target = headers.get("X-Amz-Target")
        if target is None:
            return self.service.runtime(request.method, urlsplit(request.url).path, headers, body)
        answer = self.service.handle(target.removeprefix("SageMaker."), json.loads(body))
        return 200, {}, json.dumps(answer).encode()


class _Raw(BytesIO):
    """What botocore reads an answer's body from."""

    def stream(self, **_: Any) -> Any:
        yield self.read()


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def together(count: int, work: Callable[[int], object]) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

"""Data capture: requests and answers as JSON lines in S3, in AWS's own form.

S3 objects cannot be appended to, so every two seconds what has come in becomes one object an endpoint,
variant and hour. The cost: many small objects, and two seconds of records are lost by a `kill -9`; AWS
calls capture best effort.
"""

from __future__ import annotations

import base64
import json
import random
import threading
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from localcloud.services.sagemaker.context import log
from localcloud.services.sagemaker.runtime.data import S3_ERRORS, DataError, S3Uri

if TYPE_CHECKING:
    from localcloud.services.sagemaker.runtime.clients import Clients
    from localcloud.services.sagemaker.store import Record

INTERVAL_SECONDS = 2.0


@dataclass(frozen=True)
class Exchange:
    """One request and its answer."""

    endpoint: str
    variant: str
    body: bytes
    content_type: str
    answer: bytes
    answer_type: str
    inference_id: str | None
    custom_attributes: str | None
    # The model's: captured data is written with it.
    role_arn: str | None = None


class Capture:
    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._lock = threading.Lock()
        # By destination (an S3 URI with endpoint, variant and hour) and role.
        self._lines: dict[tuple[str, str | None], list[str]] = defaultdict(list)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sagemaker-capture", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(timeout=5)

    def add(self, config: Record | None, exchange: Exchange) -> None:
        if not config or not config.get("EnableCapture", False):
            return
        if random.uniform(0, 100) >= config["InitialSamplingPercentage"]:  # noqa: S311 - a sample, no secret
            return
        time = datetime.now(UTC)
        line = json.dumps(record(config, exchange, time), separators=(",", ":"))
        prefix = f"{exchange.endpoint}/{exchange.variant}/{time:%Y/%m/%d/%H}"
        with self._lock:
            self._lines[f"{config['DestinationS3Uri'].rstrip('/')}/{prefix}", exchange.role_arn].append(line)

    def flush(self) -> None:
        with self._lock:
            lines, self._lines = self._lines, defaultdict(list)
        for (destination, role_arn), records in lines.items():
            name = f"{datetime.now(UTC):%M-%S-%f}"[:-3] + f"-{uuid4()}.jsonl"
            try:
                uri = S3Uri.of(destination).under(name)
                body = ("\n".join(records) + "\n").encode()
                self._clients.of("s3", role_arn).put_object(Bucket=uri.bucket, Key=uri.key, Body=body)
            except (*S3_ERRORS, DataError) as error:
                log.warning("%d captured records for %s were lost: %s", len(records), destination, error)

    def _run(self) -> None:
        while not self._stopped.wait(INTERVAL_SECONDS):
            self.flush()
        self.flush()


def record(config: Record, exchange: Exchange, time: datetime) -> dict[str, Any]:
    """One line of a capture file."""
    modes = {option["CaptureMode"] for option in config["CaptureOptions"]}
    headers = config.get("CaptureContentTypeHeader", {})
    data: dict[str, Any] = {}
    if modes & {"Input", "InputAndOutput"}:
        data["endpointInput"] = _side("INPUT", exchange.body, exchange.content_type, headers)
    if modes & {"Output", "InputAndOutput"}:
        data["endpointOutput"] = _side("OUTPUT", exchange.answer, exchange.answer_type, headers)
    about: dict[str, Any] = {"eventId": str(uuid4())}
    if exchange.custom_attributes:
        about["customAttributes"] = [exchange.custom_attributes]
    if exchange.inference_id:
        about["inferenceId"] = exchange.inference_id
    about["inferenceTime"] = time.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"captureData": data, "eventMetadata": about, "eventVersion": "0"}


def _side(mode: str, body: bytes, content_type: str, headers: Record) -> dict[str, str]:
    encoding = _encoding(content_type, headers)
    if encoding != "BASE64":
        try:
            return {
                "observedContentType": content_type,
                "mode": mode,
                "data": body.decode(),
                "encoding": encoding,
            }
        except UnicodeDecodeError:
            encoding = "BASE64"
    data = base64.b64encode(body).decode()
    return {"observedContentType": content_type, "mode": mode, "data": data, "encoding": encoding}


def _encoding(content_type: str, headers: Record) -> str:
    """Without CaptureContentTypeHeader AWS encodes everything in base 64; parameters after ';' do not
    count."""
    bare = content_type.split(";", maxsplit=1)[0].strip().lower()
    if bare in [item.lower() for item in headers.get("CsvContentTypes", [])]:
        return "CSV"
    if bare in [item.lower() for item in headers.get("JsonContentTypes", [])]:
        return "JSON"
    return "BASE64"

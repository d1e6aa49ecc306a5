"""What the tests of objects ask of a cloud."""

from __future__ import annotations

import base64
import contextlib
import http.client
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from localcloud.tests.integration.localcloud_process import TinyCloud

MB = 1 << 20
BUCKET, VERSIONS = "objects", "versions"
# Nobody looks at a signature, but at whose it is.
SIGNED = (
    "AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/s3/aws4_request, "
    "SignedHeaders=host, Signature=0"
)


def content(s3: Any, key: str, bucket: str = BUCKET, **more: Any) -> bytes:
    body: bytes = s3.get_object(Bucket=bucket, Key=key, **more)["Body"].read()
    return body


def base(data: bytes) -> str:
    return base64.b64encode(data).decode()


@contextlib.contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(ClientError) as caught:
        yield
    assert caught.value.response["Error"]["Code"] == code


def parts_of(s3: Any, key: str, parts: list[bytes], bucket: str = BUCKET, **more: Any) -> dict[str, Any]:
    """Uploaded in parts; what completing it needs."""
    upload = s3.create_multipart_upload(Bucket=bucket, Key=key, **more)["UploadId"]
    named = {"Bucket": bucket, "Key": key, "UploadId": upload}
    uploaded = [s3.upload_part(PartNumber=n, Body=part, **named) for n, part in enumerate(parts, 1)]
    kept = [
        {"PartNumber": n, **{k: v for k, v in answer.items() if k == "ETag" or k.startswith("Checksum")}}
        for n, answer in enumerate(uploaded, 1)
    ]
    return {**named, "MultipartUpload": {"Parts": kept}}


def raw(cloud: TinyCloud, path: str, body: bytes, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(f"127.0.0.1:{cloud.port}")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("PUT", path, body, {"Authorization": SIGNED, **named})
    answer = connection.getresponse()
    heard = answer.status, answer.read()
    connection.close()
    return heard


def left_by(cloud: TinyCloud) -> list[str]:
    """Files of bodies that are on their way."""
    return [file.name for file in (cloud.state / "ministack" / "bodies").iterdir()]


def upload_of(wanted: dict[str, Any]) -> dict[str, str]:
    """What names an upload."""
    return {name: wanted[name] for name in ("Bucket", "Key", "UploadId")}


class Memory:
    """What the cloud's process has taken since, in MB."""

    def __init__(self, cloud: TinyCloud) -> None:
        assert cloud.process is not None
        self._process = Path(f"/proc/{cloud.process.pid}")
        # The highest is counted anew.
        (self._process / "clear_refs").write_text("5")
        self._before = self.now()

    def grown(self) -> float:
        return self._told("VmHWM") - self._before

    def now(self) -> float:
        return self._told("VmRSS")

    def _told(self, name: str) -> float:
        lines = (self._process / "status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))

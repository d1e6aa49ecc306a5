"""The data bucket."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from dropforge.aws.clients import Clients, client, code_of
from dropforge.domain.errors import Absent
from dropforge.ports import Stored

if TYPE_CHECKING:
    from collections.abc import Iterator

ABSENT = {"404", "NoSuchKey", "NoSuchVersion", "NotFound"}
ABSENT_VERSION = ABSENT | {"400", "InvalidArgument", "BadRequest"}
"""S3 answers a version id that it never gave out with InvalidArgument."""
CHUNK = 1024 * 1024


class S3Objects:
    def __init__(self, bucket: str, clients: Clients = client) -> None:
        self._bucket, self._client = bucket, clients

    def head(self, key: str, version_id: str = "") -> Stored:
        with self._absent_if(key, ABSENT_VERSION if version_id else ABSENT):
            found = self._client("s3").head_object(Bucket=self._bucket, Key=key, **_version(version_id))
        version, etag = found.get("VersionId", ""), found["ETag"].strip('"')
        return Stored(found["ContentLength"], version, etag, found["Metadata"])

    def read(self, key: str) -> bytes:
        with self._absent_if(key, ABSENT):
            found = self._client("s3").get_object(Bucket=self._bucket, Key=key)
        return bytes(found["Body"].read())

    def open(self, key: str, version_id: str) -> BinaryIO:
        with self._absent_if(key, ABSENT_VERSION):
            found = self._client("s3").get_object(Bucket=self._bucket, Key=key, **_version(version_id))
        return cast("BinaryIO", io.BufferedReader(found["Body"], CHUNK))

    def write(self, key: str, body: bytes, content_type: str) -> None:
        self._client("s3").put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type)

    def copy(self, key: str, version_id: str, target: str) -> None:
        """Within S3, in parts where the object is large: a single CopyObject ends at 5 GB.

        Without its tags, which would take permissions of their own.
        """
        source = {"Bucket": self._bucket, "Key": key, **_version(version_id)}
        with self._absent_if(key, ABSENT_VERSION):
            self._client("s3").copy(source, self._bucket, target, ExtraArgs={"TaggingDirective": "REPLACE"})

    @contextmanager
    def _absent_if(self, key: str, codes: set[str]) -> Iterator[None]:
        from botocore.exceptions import ClientError

        try:
            yield
        except ClientError as fault:
            if code_of(fault) in codes:
                raise Absent(f"s3://{self._bucket}/{key}") from fault
            raise


def _version(version_id: str) -> dict[str, Any]:
    return {"VersionId": version_id} if version_id else {}

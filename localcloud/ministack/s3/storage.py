"""S3's objects, stored and served without being held in memory.

MiniStack keeps an object as a file with its metadata beside it, but moves it about as bytes, and keeps the
bytes of every version. Here a Body (`localcloud.durability.bodies`) goes through its functions instead:
those that digest, write and read are made to take one, so what MiniStack checks and records stays
MiniStack's. A large upload arrives as one (`uploads`); it, a copy, an older version and a replica are links
to one file. What is read over HTTP leaves in pieces. Whoever reads an object inside the process gets bytes.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import asyncio
import base64
import contextlib
import contextvars
import functools
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from localcloud.durability.bodies import Body, Folder
from localcloud.durability.digests import NAMES, digest_of
from localcloud.ministack.s3 import multipart, uploads
from localcloud.ministack.s3.replacing import Replacing

Send = Callable[[dict[str, Any]], Awaitable[None]]
Answer = tuple[int, dict[str, str], Any]

# The type of an object whose sender told none.
_UNTYPED = "binary/octet-stream"
# A piece of an answer: large enough to cost little, small enough for many clients at once.
_PIECE = 256 << 10
_as_files: contextvars.ContextVar[bool] = contextvars.ContextVar("as_files", default=False)


def install(folder: Folder, replacing: Replacing) -> None:
    """Before anybody is answered, but after MiniStack has read which objects there are."""
    from ministack.services import s3

    replacing.undo(Path(s3.DATA_DIR))
    uploads.install(folder)
    multipart.install(s3, folder)
    _mend_digests(s3)
    _mend_writing(s3, replacing)
    _mend_reading(s3)
    _mend_answers(s3)
    _mend_encryption(s3)


def _mend_digests(s3: Any) -> None:
    md5, checksum, content_md5 = s3.md5_hash, s3._compute_s3_checksum, s3._validate_content_md5

    def md5_hash(data: Any) -> Any:
        return data.digest("MD5").hex() if isinstance(data, Body) else md5(data)

    def compute(algorithm: str, body: Any) -> Any:
        name = (algorithm or "").upper().replace("_", "")
        if name not in NAMES:
            return checksum(algorithm, body)
        taken = body.digest(name) if isinstance(body, Body) else digest_of(name, body)
        return base64.b64encode(taken).decode()

    def validate(headers: Mapping[str, str], body: Any) -> Any:
        if not isinstance(body, Body):
            return content_md5(headers, body)
        if headers.get("content-md5", "") in ("", base64.b64encode(body.digest("MD5")).decode()):
            return None
        # It is malformed or another body's: MiniStack says which.
        return content_md5(headers, b"") or content_md5(headers, b"another")

    s3.md5_hash, s3._compute_s3_checksum, s3._validate_content_md5 = md5_hash, compute, validate


def _mend_writing(s3: Any, replacing: Replacing) -> None:
    write, persist, displaced = s3._atomic_write, s3._persist_object, s3._persist_displaced_version
    entry = s3._version_entry_from_record

    def atomic_write(path: str, data: Any, *, text: bool = False) -> None:
        data.place(Path(path)) if isinstance(data, Body) else write(path, data, text=text)

    def persist_object(bucket: str, key: str, record: Any) -> None:
        with replacing.replacing(Path(s3._object_disk_path(bucket, key))):
            persist(bucket, key, record)
        if isinstance(record, dict) and record.get("body") is not None:
            raise OSError(f"s3://{bucket}/{key} could not be written")

    def persist_displaced(*arguments: Any) -> None:
        with _files():
            displaced(*arguments)

    def version_entry(record: Any, version_id: str, _: Any) -> Any:
        # A version's bytes are in the current file or in that of the version.
        return entry(record, version_id, None)

    s3._atomic_write, s3._persist_object = atomic_write, persist_object
    s3._persist_displaced_version, s3._version_entry_from_record = persist_displaced, version_entry


def _mend_encryption(s3: Any) -> None:
    """S3 encrypts what nobody said how to encrypt, and says so."""
    of_bucket = s3._bucket_default_sse_headers
    s3._bucket_default_sse_headers = lambda bucket: (
        of_bucket(bucket) or {"x-amz-server-side-encryption": "AES256"}
    )


def _mend_reading(s3: Any) -> None:
    read, read_version = s3._read_body, s3._version_body

    def read_body(bucket: str, key: str, record: Mapping[str, Any]) -> Any:
        if record.get("body") is not None:
            return read(bucket, key, record)
        found = _found(s3._object_disk_path(bucket, key))
        return read(bucket, key, record) if found is None else found

    def version_body(records: Any, bucket: str, key: str, version: Mapping[str, Any]) -> Any:
        found = _found(s3._version_disk_path(bucket, key, version["version_id"]))
        return read_version(records, bucket, key, version) if found is None else found

    s3._read_body, s3._version_body = read_body, version_body


def _found(path: str | None) -> Body | bytes | None:
    if path is None:
        return None
    with contextlib.suppress(OSError):
        file = Body.of(Path(path))
        return file if _as_files.get() else bytes(file)
    return None


@contextlib.contextmanager
def _files() -> Iterator[None]:
    """What is read in here is read as files."""
    token = _as_files.set(True)
    try:
        yield
    finally:
        _as_files.reset(token)


def _mend_answers(s3: Any) -> None:
    dispatch = s3._dispatch

    @functools.wraps(dispatch)
    def answered(
        method: str, bucket: str, key: str, headers: Mapping[str, str], body: Any, query: Mapping[str, Any]
    ) -> Answer:
        if key and method in ("PUT", "POST"):
            headers = {"content-type": _UNTYPED, **headers}
        with _files():
            status, sent, content = dispatch(method, bucket, key, headers, body, query)
        if method == "PUT" and "ETag" in sent and "uploadId" not in query:
            sent = {**_checksums(s3._buckets[bucket]["objects"][key]), **sent}
        if not isinstance(content, Body):
            return status, sent, content
        if status == 200 and "range" in headers:
            status, sent, content = _ranged(s3, bucket, key, headers["range"], sent, content)
        return status, sent, _outgoing(content)

    s3._dispatch = answered


def _checksums(record: Mapping[str, Any]) -> dict[str, str]:
    """What the answer to an upload tells of its checksum."""
    told = {f"x-amz-checksum-{name.lower()}": value for name, value in record["checksums"].items()}
    return {**told, "x-amz-checksum-type": "FULL_OBJECT"} if told else {}


def _ranged(
    s3: Any, bucket: str, key: str, wanted: str, sent: dict[str, str], content: Body
) -> tuple[int, dict[str, str], Any]:
    """MiniStack answers a range of an older version with all of it."""
    total = len(content)
    if not wanted.startswith("bytes="):
        return 200, sent, content
    found = s3._parse_range(wanted, total)
    if found is None:
        refused = {"Content-Type": "application/xml", "Content-Range": f"bytes */{total}"}
        return 416, refused, s3._xml_body(s3._range_error_xml(bucket, key))
    first, last = found
    sent = {name: value for name, value in sent.items() if not name.startswith("x-amz-checksum-")}
    sent |= {"Content-Length": str(last - first + 1), "Content-Range": f"bytes {first}-{last}/{total}"}
    return 206, sent, content[first : last + 1]


def _outgoing(content: Body | bytes) -> Any:
    from ministack.core.responses import StreamingResponse

    if not isinstance(content, Body):
        return content
    if len(content) <= _PIECE:
        return bytes(content)

    async def run(send: Send, _: Any) -> None:
        loop, pieces = asyncio.get_running_loop(), content.pieces(_PIECE)
        while piece := await loop.run_in_executor(None, next, pieces, b""):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return StreamingResponse(run)

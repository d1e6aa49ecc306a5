"""CompleteMultipartUpload: parts that are files become an object.

What MiniStack does here is done with its own pieces, but with the parts joined by a thread and not in memory.
It refuses what AWS refuses besides: parts out of order and parts below 5 MiB.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, SubElement

from localcloud.durability.bodies import Body, Folder
from localcloud.durability.tracked import unnoticed

Answer = tuple[int, dict[str, str], Any]

_SMALLEST_PART = 5 << 20
# AWS has no composite of these: the checksum is that of the whole object.
_OF_THE_WHOLE = ("CRC64NVME",)


class Part(NamedTuple):
    """A part as the completing request names it."""

    number: int
    etag: str
    checksums: Mapping[str, str]


@dataclass(frozen=True)
class Joined:
    """The parts in one file."""

    parts: tuple[Body, ...]
    body: Body


class Refused(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


# The parts of the request that is answered, if they were joined before.
_joined: contextvars.ContextVar[list[Joined] | None] = contextvars.ContextVar("joined", default=None)


@contextlib.contextmanager
def _early(joined: Joined) -> Iterator[None]:
    """The list is emptied, because whatever begins meanwhile keeps a copy of the context."""
    held = [joined]
    token = _joined.set(held)
    del joined
    try:
        yield
    finally:
        held.clear()
        _joined.reset(token)


class Completion:
    """CompleteMultipartUpload."""

    def __init__(self, s3: Any, folder: Folder) -> None:
        self._s3, self._folder = s3, folder

    async def joined_early(self, body: bytes, upload_id: str) -> contextlib.AbstractContextManager[None]:
        """Have the parts joined by a thread for what is answered inside of it; whether they may be is decided
        there."""
        with unnoticed():
            uploads = list(self._s3._multipart_uploads._data.items())
        upload = next((found for scoped, found in uploads if scoped[-1] == upload_id), None)
        try:
            stored = self._stored(upload, self._named(body)) if upload else None
        except Refused:
            stored = None
        if stored is None:
            return contextlib.nullcontext()
        loop = asyncio.get_running_loop()
        return _early(await loop.run_in_executor(None, self._join, upload, stored))

    def answer(self, bucket_name: str, key: str, body: Any, query_params: Any, headers: Any = None) -> Answer:
        s3, upload_id = self._s3, self._s3._qp(query_params, "uploadId")
        bucket = s3._ensure_bucket(bucket_name)
        if bucket is None:
            return s3._no_such_bucket(bucket_name)  # type: ignore[no-any-return]
        earlier = s3._completed_multipart_uploads.get(upload_id)
        if earlier is not None and earlier["key"] == key:
            return earlier["response"]  # type: ignore[no-any-return]
        try:
            upload = self._upload(upload_id, bucket_name, key)
            self._must_not(s3._check_sse_c_part(headers or {}, upload))
            self._must_not(s3._check_put_preconditions(headers or {}, bucket["objects"].get(key)))
            record = self._record(upload, self._named(body), headers or {})
        except Refused as refused:
            return refused.answer
        response = self._store(bucket, bucket_name, key, record, headers or {})
        del s3._multipart_uploads[upload_id]
        s3._completed_multipart_uploads[upload_id] = {"key": key, "response": response}
        return response

    def _upload(self, upload_id: str, bucket: str, key: str) -> Any:
        upload = self._s3._multipart_uploads.get(upload_id)
        if upload is None or (upload["bucket"], upload["key"]) != (bucket, key):
            raise self._refusal("NoSuchUpload", "The specified multipart upload does not exist.", 404)
        return upload

    def _named(self, body: bytes) -> list[Part]:
        try:
            root = self._s3.fromstring(body)
            parts = [_part(element) for element in root if name_of(element) == "Part"]
        except (SyntaxError, ValueError):
            parts = []
        if not parts:
            text = "The XML you provided was not well-formed or did not validate against our published schema"
            raise self._refusal("MalformedXML", text)
        if [part.number for part in parts] != sorted({part.number for part in parts}):
            text = "The list of parts was not in ascending order. Parts must be ordered by part number."
            raise self._refusal("InvalidPartOrder", text)
        return parts

    def _stored(self, upload: Any, parts: list[Part]) -> list[Any]:
        """What was uploaded as these parts."""
        found = []
        for part in parts:
            stored = upload["parts"].get(part.number)
            if stored is None or not _is_same(part, stored):
                raise self._refusal(
                    "InvalidPart",
                    "One or more of the specified parts could not be found. The part may not have been "
                    "uploaded, or the specified entity tag may not match the part's entity tag.",
                )
            found.append(stored)
        if any(stored["size"] < _SMALLEST_PART for stored in found[:-1]):
            raise self._refusal(
                "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"
            )
        return found

    def _join(self, upload: Any, stored: list[Any]) -> Joined:
        bodies = tuple(part["body"] for part in stored)
        names = {upload.get("checksum_algorithm")} & {*_OF_THE_WHOLE}
        return Joined(bodies, bodies[0] if len(bodies) == 1 else self._folder.joined(bodies, names))

    def _record(self, upload: Any, parts: list[Part], headers: Mapping[str, str]) -> dict[str, Any]:
        stored, numbers = self._stored(upload, parts), [part.number for part in parts]
        held = _joined.get()
        joined = held.pop() if held else None
        if joined is None or joined.parts != tuple(part["body"] for part in stored):
            joined = self._join(upload, stored)
        size = len(joined.body)
        self._check_size(headers.get("x-amz-mp-object-size"), size)
        digests = b"".join(bytes.fromhex(part["etag"].strip('"')) for part in stored)
        tag = hashlib.md5(digests, usedforsecurity=False).hexdigest()
        return {
            "body": joined.body,
            "content_type": upload["content_type"],
            "content_encoding": upload.get("content_encoding"),
            "etag": f'"{tag}-{len(stored)}"',
            "last_modified": self._s3.now_iso(),
            "size": size,
            "metadata": upload["metadata"],
            "preserved_headers": upload.get("preserved_headers", {}),
            "storage_class": upload.get("storage_class") or "STANDARD",
            "parts": [
                {"PartNumber": number, "Size": part["size"]}
                for number, part in zip(numbers, stored, strict=True)
            ],
            **self._checksum(upload.get("checksum_algorithm"), stored, joined.body, headers),
        }

    def _check_size(self, declared: str | None, size: int) -> None:
        if declared is not None and declared != str(size):
            raise self._refusal(
                "InvalidRequest",
                f"The provided 'x-amz-mp-object-size' header value {declared} does not match what was "
                f"computed: {size}",
            )

    def _checksum(
        self, algorithm: str | None, stored: list[Any], body: Body, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        if algorithm in _OF_THE_WHOLE:
            kind, value = "FULL_OBJECT", self._s3._compute_s3_checksum(algorithm, body)
        else:
            digests = [(part.get("checksums") or {}).get(algorithm) for part in stored]
            kind, value = "COMPOSITE", self._s3._composite_checksum(algorithm, digests)
        requested = headers.get(f"x-amz-checksum-{str(algorithm).lower()}")
        if requested and requested != value:
            text = f"The {algorithm} you specified did not match the calculated checksum."
            raise self._refusal("BadDigest", text)
        return {"checksums": {algorithm: value}, "checksum_type": kind} if value else {"checksums": {}}

    def _store(
        self, bucket: Any, bucket_name: str, key: str, record: dict[str, Any], headers: Mapping[str, str]
    ) -> Answer:
        """As a PutObject does: the version, the file, the event."""
        s3, body = self._s3, record["body"]
        prior = bucket["objects"].get(key)
        bucket["objects"][key] = record
        s3._maybe_replicate(bucket_name, key, record, body)
        version = s3._record_object_version(bucket_name, key, prior, record, body)
        s3._persist_object(bucket_name, key, record)
        s3._fire_s3_event_async(
            bucket_name,
            key,
            "s3:ObjectCreated:CompleteMultipartUpload",
            size=record["size"],
            etag=record["etag"],
            version_id=version,
        )
        sent = {"Content-Type": "application/xml", **s3._stored_sse_headers(record)}
        if version:
            sent["x-amz-version-id"] = version
        return 200, sent, s3._xml_body(_result(s3.S3_NS, bucket_name, key, record, headers))

    def _must_not(self, refusal: Answer | None) -> None:
        if refusal is not None:
            raise Refused(refusal)

    def _refusal(self, code: str, text: str, status: int = 400) -> Refused:
        return Refused(self._s3._error(code, text, status))


def _result(
    namespace: str, bucket: str, key: str, record: Mapping[str, Any], headers: Mapping[str, str]
) -> Element:
    root = Element("CompleteMultipartUploadResult", xmlns=namespace)
    scheme = headers.get("x-forwarded-proto") or "http"
    members = {
        "Location": f"{scheme}://{headers.get('host', '127.0.0.1')}/{bucket}/{key}",
        "Bucket": bucket,
        "Key": key,
        "ETag": record["etag"],
        **{f"Checksum{name}": value for name, value in record["checksums"].items()},
    }
    if record["checksums"]:
        members["ChecksumType"] = record["checksum_type"]
    for name, value in members.items():
        SubElement(root, name).text = value
    return root


def _part(element: Any) -> Part:
    texts = {name_of(child): (child.text or "").strip() for child in element}
    checksums = {
        name.removeprefix("Checksum").upper(): value
        for name, value in texts.items()
        if name.startswith("Checksum") and value
    }
    return Part(int(texts.get("PartNumber", "")), texts.get("ETag", "").strip('"'), checksums)


def name_of(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _is_same(part: Part, stored: Mapping[str, Any]) -> bool:
    kept = stored.get("checksums") or {}
    return part.etag in ("", stored["etag"].strip('"')) and all(
        kept.get(name) == value for name, value in part.checksums.items()
    )

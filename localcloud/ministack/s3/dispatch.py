"""What MiniStack's S3 does with a request once it has decided whose bucket it is for.

MiniStack checks the request and calls one function, which is replaced here: it takes a body that was put
aside (`uploads`), answers CompleteMultipartUpload itself (`completion`), and mends what MiniStack answers.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from localcloud.durability.bodies import Body, Folder
from localcloud.ministack.rebinding import replace
from localcloud.ministack.s3 import multipart, storage
from localcloud.ministack.s3.completion import Answer, Completion, name_of
from localcloud.ministack.s3.encryption import encrypt_by_default
from localcloud.ministack.s3.uploads import put_aside

Send = Callable[[dict[str, Any]], Awaitable[None]]

# The type of an object whose sender did not say one.
_UNTYPED = "binary/octet-stream"
# A piece of an answer: large enough to cost little, small enough for many clients at once.
_PIECE = 256 << 10


class Dispatch:
    """Every operation of S3."""

    def __init__(self, s3: Any, folder: Folder, completion: Completion) -> None:
        self._s3, self._folder, self._completion = s3, folder, completion
        self._own = replace(s3, "_dispatch", self.answer)

    def answer(
        self,
        method: str,
        bucket: str,
        key: str,
        headers: Mapping[str, str],
        body: Any,
        query_params: Mapping[str, Any],
    ) -> Answer:
        with storage.as_files():
            if not key:
                answer = self._own(method, bucket, key, headers, body, query_params)
                self._after_bucket(method, bucket, body, query_params)
                return answer  # type: ignore[no-any-return]
            answer = self._of_object(method, bucket, key, headers, body, query_params)
        if method in ("GET", "HEAD"):
            return self._outgoing(bucket, key, headers, answer)
        storage.drop_bytes(self._s3, bucket, key)
        return answer

    def _after_bucket(self, method: str, bucket: str, body: Any, query: Mapping[str, Any]) -> None:
        if (method == "PUT" and not query) or (method == "DELETE" and "encryption" in query):
            encrypt_by_default(self._s3, bucket)
        elif method == "POST" and "delete" in query:
            for key in self._named_in(body):
                storage.drop_bytes(self._s3, bucket, key)

    def _named_in(self, body: Any) -> list[str]:
        """The keys of a DeleteObjects; none of one that MiniStack could not read either."""
        try:
            root = self._s3.fromstring(bytes(body))
        except (SyntaxError, ValueError):
            return []
        return [element.text or "" for element in root.iter() if name_of(element) == "Key"]

    def _of_object(
        self,
        method: str,
        bucket: str,
        key: str,
        headers: Mapping[str, str],
        body: Any,
        query: Mapping[str, Any],
    ) -> Answer:
        if method == "POST" and "uploadId" in query:
            return self._completion.answer(bucket, key, body, query, headers)
        if method in ("PUT", "POST"):
            headers = {"content-type": _UNTYPED, **headers}
        if method == "PUT":
            body = put_aside() or body
            headers, refusal = self._digest_compared(headers, body)
            if refusal is not None:
                return refusal
        status, sent, content = self._own(method, bucket, key, headers, body, query)
        if method == "PUT" and status == 200 and "uploadId" in query and "x-amz-copy-source" in headers:
            multipart.own_copy(self._s3, self._folder, query)
        elif method == "PUT" and "ETag" in sent and "uploadId" not in query:
            sent = {**_checksums(self._s3._buckets[bucket]["objects"][key]), **sent}
        return status, sent, content

    def _digest_compared(
        self, headers: Mapping[str, str], body: Any
    ) -> tuple[Mapping[str, str], Answer | None]:
        """A Body knows its MD5: MiniStack, which would take it of bytes, need not compare it any more."""
        announced = headers.get("content-md5", "")
        if not isinstance(body, Body) or not announced:
            return headers, None
        if announced == base64.b64encode(body.digest("MD5")).decode():
            return {name: value for name, value in headers.items() if name != "content-md5"}, None
        # It is malformed or another body's: MiniStack says which.
        compare = self._s3._validate_content_md5
        return headers, compare(headers, b"") or compare(headers, b"another")

    def _outgoing(self, bucket: str, key: str, headers: Mapping[str, str], answer: Answer) -> Answer:
        status, sent, content = answer
        if not isinstance(content, Body):
            return answer
        if status == 200 and "range" in headers:
            status, sent, content = self._ranged(bucket, key, headers["range"], sent, content)
        return status, sent, _sendable(content)

    def _ranged(self, bucket: str, key: str, wanted: str, sent: dict[str, str], content: Body) -> Answer:
        """MiniStack answers a range of an older version with all of it."""
        s3, total = self._s3, len(content)
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


def _checksums(record: Mapping[str, Any]) -> dict[str, str]:
    """What the answer to an upload says of its checksum."""
    found = {f"x-amz-checksum-{name.lower()}": value for name, value in record["checksums"].items()}
    return {**found, "x-amz-checksum-type": "FULL_OBJECT"} if found else {}


def _sendable(content: Body | bytes) -> Any:
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

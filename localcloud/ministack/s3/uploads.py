"""Objects on their way in: a large one goes into a file while it comes, and MiniStack is given a Body.

This stands around MiniStack's ASGI application. It takes the body of an upload that is large or a part of
something large, and MiniStack routes a request without one; `dispatch` gives the Body to the operation. The
parts of a multipart upload are joined here too, by a thread, before the request that completes it is
answered. What is small stays in memory, which is faster. The cost: a POST of a form, an upload that nobody
signed, and one whose signature covers what is changed here are held in memory.
"""

from __future__ import annotations

import asyncio
import contextvars
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

from localcloud.durability.bodies import PIECE, Body, Draft, Folder
from localcloud.durability.digests import NAMES
from localcloud.ministack.s3.chunked import BadFraming, Chunked
from localcloud.ministack.s3.completion import Completion

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = dict[str, str]
Query = dict[str, list[str]]

IN_MEMORY = PIECE
_SUBRESOURCES = ("acl", "annotation", "legal-hold", "retention", "tagging")
_SIGNING = ("X-Amz-Credential", "AWSAccessKeyId")
_CHECKSUM = "x-amz-checksum-"
# What says how a body is sent, which nobody sends any more once the body is put aside.
_OF_THE_BODY = (
    "content-encoding",
    "content-length",
    "transfer-encoding",
    "x-amz-content-sha256",
    "x-amz-decoded-content-length",
    "x-amz-trailer",
)
_put_aside: contextvars.ContextVar[list[Body] | None] = contextvars.ContextVar("put_aside", default=None)


def put_aside() -> Body | None:
    """The body of the request that is answered, once, if it was put aside."""
    bodies = _put_aside.get()
    return bodies.pop() if bodies else None


class Uploads:
    """An ASGI application around MiniStack's."""

    def __init__(
        self,
        inner: Callable[[Scope, Receive, Send], Awaitable[None]],
        folder: Folder,
        completion: Completion,
    ) -> None:
        self._inner, self._folder, self._completion = inner, folder, completion

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("PUT", "POST"):
            await self._inner(scope, receive, send)
            return
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        headers = _headers(scope)
        if scope["method"] == "PUT" and _is_large_object(scope, headers, query):
            await self._large(scope, headers, receive, send)
        elif scope["method"] == "POST" and "uploadId" in query:
            await self._completing(scope, query, receive, send)
        else:
            await self._inner(scope, receive, send)

    async def _large(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        upload = _Upload(self._folder, receive, headers)
        try:
            body = await upload.body()
        except _Gone:
            return
        except BadFraming:
            # MiniStack finds less than is announced, and answers what S3 answers.
            less = _without_body(scope, {"content-length": "1", **headers}, "content-length")
            await self._inner(less, _first(b"", receive), send)
            return
        held = [body]
        del body
        token = _put_aside.set(held)
        try:
            await self._inner(_without_body(scope, upload.headers), _first(b"", receive), send)
        finally:
            held.clear()  # whatever began meanwhile keeps a copy of the context
            _put_aside.reset(token)

    async def _completing(self, scope: Scope, query: Query, receive: Receive, send: Send) -> None:
        try:
            body = b"".join([piece async for piece in _pieces(receive)])
        except _Gone:
            return
        with await self._completion.joined_early(body, query["uploadId"][0]):
            await self._inner(scope, _first(body, receive), send)


def _headers(scope: Scope) -> Headers:
    """One that is repeated counts as a list."""
    found: Headers = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _is_large_object(scope: Scope, headers: Headers, query: Query) -> bool:
    from ministack.core.router import detect_service

    length = headers.get("content-length", "")
    large = not length.isdecimal() or int(length) > IN_MEMORY
    signed = "authorization" in headers or any(name in query for name in _SIGNING)
    return (
        (large or "uploadId" in query)
        and signed
        and not _signs_the_body(query)
        and "x-amz-copy-source" not in headers
        and not any(name in query for name in _SUBRESOURCES)
        and detect_service("PUT", scope["path"], headers, query) == "s3"
    )


def _signs_the_body(query: Query) -> bool:
    """Whether a link's signature, which MiniStack verifies, covers a header that is changed here."""
    signed = (query.get("X-Amz-SignedHeaders") or [""])[0].lower().split(";")
    return any(name in signed for name in _OF_THE_BODY)


class _Gone(Exception):
    """The client went away."""


class _Upload:
    """One body on its way in. It comes in pieces of tens of kilobytes, which are put away by a thread once
    they are worth it. Afterwards `headers` are those of a request that sent it without framing."""

    def __init__(self, folder: Folder, receive: Receive, headers: Headers) -> None:
        self._folder, self._receive, self.headers = folder, receive, dict(headers)
        self._framing = Chunked() if _is_framed(headers) else None
        self._received = self._stored = 0

    async def body(self) -> Body:
        loop = asyncio.get_running_loop()
        with self._folder.draft(_wanted_digests(self.headers)) as draft:
            async for data in self._large_pieces():
                await loop.run_in_executor(None, self._put, draft, data)
            self._check_length()
            if self._framing:
                self._unwrap(self._framing)
            return draft.body()

    async def _large_pieces(self) -> AsyncIterator[bytes]:
        held, size = [], 0
        async for data in _pieces(self._receive):
            held.append(data)
            size += len(data)
            if size >= PIECE:
                self._received += size
                yield b"".join(held)
                held, size = [], 0
        self._received += size
        yield b"".join(held)

    def _put(self, draft: Draft, data: bytes) -> None:
        pieces: Iterator[bytes] = self._framing.feed(data) if self._framing else iter((data,))
        for piece in pieces:
            self._stored += len(piece)
            draft.write(piece)

    def _check_length(self) -> None:
        announced = self.headers.get("content-length")
        if announced is not None and announced.strip() != str(self._received):
            raise BadFraming("Content-Length does not match the body")

    def _unwrap(self, framing: Chunked) -> None:
        framing.close()
        headers, announced = self.headers, self.headers.get("x-amz-trailer", "")
        if (
            not {name.strip().lower() for name in announced.split(",") if name.strip()}
            <= framing.trailers.keys()
        ):
            raise BadFraming("an announced trailer is missing")
        length = headers.get("x-amz-decoded-content-length")
        if length is not None and length.strip() != str(self._stored):
            raise BadFraming("X-Amz-Decoded-Content-Length does not match the body")
        for name, value in framing.trailers.items():
            headers.setdefault(name, value)
        encodings = [part.strip() for part in headers.pop("content-encoding", "").split(",")]
        left = [part for part in encodings if part and part != "aws-chunked"]
        if left:
            headers["content-encoding"] = ", ".join(left)


async def _pieces(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise _Gone
        more = message.get("more_body", False)
        yield message.get("body", b"")


def _without_body(scope: Scope, headers: Headers, kept: str = "content-encoding") -> Scope:
    """The request with these headers, but for those that speak of a body: only what is `kept` of them."""
    left = {name: value for name, value in headers.items() if name not in _OF_THE_BODY or name == kept}
    left.setdefault("content-length", "0")
    gone = {*headers, *_OF_THE_BODY}
    raw = [(name, value) for name, value in scope["headers"] if name.decode("latin-1").lower() not in gone]
    changed = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in left.items()]
    return {**scope, "headers": raw + changed}


def _first(body: bytes, receive: Receive) -> Receive:
    """The body that was read, and then whatever comes."""
    given = False

    async def receive_again() -> dict[str, Any]:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


def _is_framed(headers: Headers) -> bool:
    return (
        headers.get("x-amz-content-sha256", "").startswith("STREAMING-")
        or "aws-chunked" in headers.get("content-encoding", "")
        or "x-amz-decoded-content-length" in headers
    )


def _wanted_digests(headers: Headers) -> set[str]:
    """The ETag's, and those that the client says it will compare."""
    named = [name for name in headers if name.startswith(_CHECKSUM)]
    named += re.findall(rf"{_CHECKSUM}\w+", headers.get("x-amz-trailer", ""))
    asked = {name.removeprefix(_CHECKSUM).upper() for name in named}
    asked.add(headers.get("x-amz-sdk-checksum-algorithm", "").upper())
    return {"MD5"} | (asked & NAMES)

"""Objects on their way in: a large one goes into a file while it comes, and MiniStack is given a Body.

MiniStack reads a request's body in one function, which is replaced for uploads to S3 that are large or a
part of something large. What is small stays in memory, which is faster. The cost: a POST of a form and
uploads that nobody signed are held in memory.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import asyncio
import contextvars
import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

from localcloud.durability.bodies import PIECE, Body, Draft, Folder
from localcloud.durability.digests import NAMES
from localcloud.ministack.s3.chunked import BadFraming, Chunked

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = dict[str, str]

IN_MEMORY = PIECE
_SUBRESOURCES = ("acl", "annotation", "legal-hold", "retention", "tagging")
_SIGNING = ("X-Amz-Credential", "AWSAccessKeyId")
_CHECKSUM = "x-amz-checksum-"
_scope: contextvars.ContextVar[Scope | None] = contextvars.ContextVar("scope", default=None)


class Noted:
    """An ASGI application around MiniStack's: whoever reads a body can tell of which request."""

    def __init__(self, inner: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = _scope.set(scope)
        try:
            await self._inner(scope, receive, send)
        finally:
            _scope.reset(token)


def install(folder: Folder) -> None:
    from ministack import app

    own, own_params = app._read_request_body, app._routing_params

    async def read(receive: Receive, method: str, headers: Headers) -> Any:
        scope = _scope.get()
        if scope is None or method != "PUT" or not _is_large_object(scope, headers):
            return await own(receive, method, headers)
        try:
            return await _Upload(folder, receive, headers).body()
        except BadFraming as error:
            raise app._IncompleteRequestBody(str(error)) from error
        except _Gone:
            raise app._RequestBodyDisconnected from None

    def params(method: str, path: str, headers: Headers, body: Any, query: dict[str, Any]) -> Any:
        """An object is no form, whatever its content type."""
        return query if isinstance(body, Body) else own_params(method, path, headers, body, query)

    app._read_request_body, app._routing_params = read, params


def _is_large_object(scope: Scope, headers: Headers) -> bool:
    from ministack.core.router import detect_service

    query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    length = headers.get("content-length", "")
    large = not length.isdecimal() or int(length) > IN_MEMORY
    signed = "authorization" in headers or any(name in query for name in _SIGNING)
    return (
        (large or "uploadId" in query)
        and signed
        and "x-amz-copy-source" not in headers
        and not any(name in query for name in _SUBRESOURCES)
        and detect_service("PUT", scope["path"], headers, query) == "s3"
    )


class _Gone(Exception):
    """The client went away."""


class _Upload:
    """One body on its way in. It comes in pieces of tens of kilobytes, which are put away by a thread once
    they are worth it."""

    def __init__(self, folder: Folder, receive: Receive, headers: Headers) -> None:
        self._folder, self._receive, self._headers = folder, receive, headers
        self._framing = Chunked() if _is_framed(headers) else None
        self._received = self._stored = 0

    async def body(self) -> Body:
        loop = asyncio.get_running_loop()
        with self._folder.draft(_wanted_digests(self._headers)) as draft:
            async for data in self._large_pieces():
                await loop.run_in_executor(None, self._put, draft, data)
            self._check_length()
            if self._framing:
                self._unwrap(self._framing)
            return draft.body()

    async def _large_pieces(self) -> Any:
        held, size, more = [], 0, True
        while more:
            message = await self._receive()
            if message["type"] != "http.request":
                raise _Gone
            data, more = message.get("body", b""), message.get("more_body", False)
            held.append(data)
            size += len(data)
            if size >= PIECE or not more:
                self._received += size
                yield b"".join(held)
                held, size = [], 0

    def _put(self, draft: Draft, data: bytes) -> None:
        pieces: Iterator[bytes] = self._framing.feed(data) if self._framing else iter((data,))
        for piece in pieces:
            self._stored += len(piece)
            draft.write(piece)

    def _check_length(self) -> None:
        announced = self._headers.get("content-length")
        if announced is not None and announced.strip() != str(self._received):
            raise BadFraming("Content-Length does not match the body")

    def _unwrap(self, framing: Chunked) -> None:
        """The headers as if the body had come without its framing."""
        framing.close()
        headers, announced = self._headers, self._headers.get("x-amz-trailer", "")
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

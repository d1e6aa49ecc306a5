"""The door of the endpoint: SageMaker's wire protocols are answered here, everything else by MiniStack.

Standing before MiniStack's ASGI application needs none of its private routing tables. SageMaker is JSON 1.1
named by X-Amz-Target; its runtimes are REST and are told apart by path and by the service that signed the
request. Work is done in threads of our own, so that a slow endpoint never holds up the event loop that
serves everything else.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any, Protocol

from localcloud.sagemaker.ports import ApiError

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Answer = tuple[int, Mapping[str, str], bytes]

_TARGET = "SageMaker."
_SIGNED_FOR = re.compile(r"Credential=[^/]+/[^/]+/[^/]+/([^/]+)/")
_RUNTIME_PATH = re.compile(
    r"^/(endpoints/[^/]+/(invocations|async-invocations)|FeatureGroup/|BatchGetRecord|BatchWriteRecord)"
)
_THREADS = 64
_log = logging.getLogger("localcloud.gateway")


class SageMakerDoor(Protocol):
    """What the gateway needs of the SageMaker service."""

    def handle(self, action: str, payload: dict[str, Any]) -> dict[str, Any]: ...

    def runtime(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer: ...


class Gateway:
    """An ASGI application around another one."""

    def __init__(
        self, inner: Callable[[Scope, Receive, Send], Awaitable[None]], sagemaker: SageMakerDoor
    ) -> None:
        self._inner = inner
        self._sagemaker = sagemaker
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="localcloud-api")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        work = self._route(scope) if scope["type"] == "http" else None
        if work is None:
            await self._inner(scope, receive, send)
            return
        body = await _read(receive)
        status, headers, answer = await asyncio.get_running_loop().run_in_executor(self._threads, work, body)
        sent = {"x-amzn-requestid": str(uuid.uuid4()), "content-length": str(len(answer))}
        sent.update(
            {k.lower(): v for k, v in headers.items() if k.lower() not in ("content-length", "connection")}
        )
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(k.encode("latin-1"), v.encode("latin-1")) for k, v in sent.items()],
            }
        )
        await send({"type": "http.response.body", "body": answer})

    def _route(self, scope: Scope) -> Callable[[bytes], Answer] | None:
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        target = headers.get("x-amz-target", "")
        if target.startswith(_TARGET):
            return lambda body: self._api(target[len(_TARGET) :], body)
        signed = _SIGNED_FOR.search(headers.get("authorization", ""))
        if signed and signed.group(1) == "sagemaker" and _RUNTIME_PATH.match(scope["path"]):
            return lambda body: self._runtime(scope["method"], scope["path"], headers, body)
        return None

    def _api(self, action: str, body: bytes) -> Answer:
        try:
            payload = json.loads(body or b"{}")
        except ValueError:
            return _json(
                400, {"__type": "SerializationException", "message": "The request body is not JSON."}
            )
        return _answered(lambda: _json(200, self._sagemaker.handle(action, payload)), "__type")

    def _runtime(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        return _answered(lambda: self._sagemaker.runtime(method, path, headers, body), "x-amzn-errortype")


def _answered(call: Callable[[], Answer], error_place: str) -> Answer:
    """Run a call of the service; an ApiError becomes the error document of the protocol."""
    try:
        return call()
    except ApiError as error:
        fields = {"message": error.message, **error.fields, "__type": error.code}
        status, headers, body = _json(error.status, fields)
        return (
            status,
            {**headers, "x-amzn-errortype": error.code} if error_place != "__type" else headers,
            body,
        )
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller must get an answer
        _log.exception("the SageMaker service failed")
        return _json(500, {"__type": "InternalFailure", "message": f"{type(error).__name__}: {error}"})


def _json(status: int, payload: Mapping[str, Any]) -> Answer:
    body = json.dumps(payload, default=_wire).encode()
    return status, {"content-type": "application/x-amz-json-1.1"}, body


def _wire(value: Any) -> Any:
    """JSON protocols carry a time as seconds since 1970."""
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be put on the wire")


async def _read(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)

"""The door of the endpoint: the guard decides on every call, SageMaker's wire protocols are answered here,
everything else by MiniStack.

Standing before MiniStack's ASGI application needs none of its private routing tables. SageMaker is JSON 1.1
named by X-Amz-Target; whatever else was signed for sagemaker is for one of its runtimes, which are REST. Work
is done in threads of our own, so that a slow endpoint never holds up the event loop that serves everything
else.
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

from localcloud.api.errors import ApiError
from localcloud.front.guard import Admitted, Guard, head_of, is_api, name_of_service, with_body
from localcloud.iam.records import as_json
from localcloud.lambdas import invoking
from localcloud.ministack.iam.questions import Http

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Answer = tuple[int, Mapping[str, str], bytes]

_TARGET = "SageMaker."
_SIGNED_FOR = re.compile(r"Credential=[^/]+/[^/]+/[^/]+/([^/]+)/")
_THREADS = 64
_OWN = "/_localcloud/"
_log = logging.getLogger("localcloud.gateway")


class SageMakerDoor(Protocol):
    """What the gateway needs of the SageMaker service."""

    def handle(self, action: str, payload: dict[str, Any], caller: str | None = None) -> dict[str, Any]: ...

    def runtime(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer: ...


class Gateway:
    """An ASGI application around another one. Without a guard, every call may pass."""

    def __init__(
        self,
        inner: Callable[[Scope, Receive, Send], Awaitable[None]],
        sagemaker: SageMakerDoor,
        guard: Guard | None = None,
    ) -> None:
        self._inner = inner
        self._sagemaker = sagemaker
        self._guard = guard
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="localcloud-api")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        http = head_of(scope)
        if http.path.startswith(_OWN):
            await _answer(send, self._own(http))
            return
        admitted: Admitted | None = None
        if self._guard is not None and is_api(http):
            service = name_of_service(http)
            if self._guard.wants_body(http, service):
                http = with_body(http, await _read(receive))
                receive = _again(http.body)
            checked = self._guard.check(http, service)
            if not isinstance(checked, Admitted):
                await _discard(http, receive)
                await _answer(send, checked)
                return
            admitted = checked
        await self._serve(scope, receive, send, http, admitted)

    async def _serve(
        self, scope: Scope, receive: Receive, send: Send, http: Http, admitted: Admitted | None
    ) -> None:
        work = self._route(http, admitted.who.arn if admitted else None)
        if work is not None:
            body = http.body or await _read(receive)
            loop = asyncio.get_running_loop()
            await _answer(send, await loop.run_in_executor(self._threads, work, body))
            return
        if http.method == "POST" and invoking.PATH.match(http.path):
            body = http.body or await _read(receive)
            receive, refusal = _again(body), invoking.refusal(http.headers, body)
            if refusal is not None:
                await _answer(send, _refused(refusal))
                return
        if self._guard and admitted and admitted.service == "s3" and _reads_object(http):
            send = _forbidden_if_absent(self._guard, http, admitted, send)
        await self._inner(scope, receive, send)

    def _own(self, http: Http) -> Answer:
        """What localcloud tells of itself."""
        if self._guard is None or http.path != f"{_OWN}decisions":
            return _json(404, {"message": f"localcloud has nothing at {http.path}."})
        limit = int((http.query.get("limit") or ["1000"])[0])
        records = self._guard.authority.records
        found = records.listed(denied="denied" in http.query, limit=limit)
        return _json(200, {"decisions": [as_json(decision) for decision in found]})

    def _route(self, http: Http, caller: str | None) -> Callable[[bytes], Answer] | None:
        headers = http.headers
        target = headers.get("x-amz-target", "")
        if target.startswith(_TARGET):
            return lambda body: self._api(target[len(_TARGET) :], body, caller)
        signed = _SIGNED_FOR.search(headers.get("authorization", ""))
        if signed and signed.group(1) == "sagemaker":
            return lambda body: self._runtime(http.method, http.path, headers, body)
        return None

    def _api(self, action: str, body: bytes, caller: str | None) -> Answer:
        try:
            payload = json.loads(body or b"{}")
        except (ValueError, RecursionError):  # too deep for this interpreter is no better than broken
            return _json(
                400, {"__type": "SerializationException", "message": "The request body is not JSON."}
            )
        return _answered(lambda: _json(200, self._sagemaker.handle(action, payload, caller)), "__type")

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


def _refused(refusal: invoking.Refusal) -> Answer:
    document = {"Type": "User", "message": refusal.message}
    status, headers, body = _json(refusal.status, document)
    return status, {**headers, "x-amzn-errortype": refusal.code}, body


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


def _again(body: bytes) -> Receive:
    """A body that was read, for whoever reads it next."""
    given = False

    async def receive() -> dict[str, Any]:
        nonlocal given
        if given:
            return {"type": "http.disconnect"}
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _discard(http: Http, receive: Receive) -> None:
    """Take what is still coming in, unless the client waits to be told to send it."""
    if http.headers.get("expect", "").lower() != "100-continue" and not http.body:
        while (await receive()).get("more_body"):
            pass


async def _answer(send: Send, answer: Answer) -> None:
    status, headers, body = answer
    sent = {"x-amzn-requestid": str(uuid.uuid4()), "content-length": str(len(body))}
    sent.update(
        {k.lower(): v for k, v in headers.items() if k.lower() not in ("content-length", "connection")}
    )
    encoded = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in sent.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})


def _reads_object(http: Http) -> bool:
    return http.method in ("GET", "HEAD") and http.path.count("/") >= 2 and not http.path.endswith("/")


def _forbidden_if_absent(guard: Guard, http: Http, admitted: Admitted, send: Send) -> Send:
    refused = False

    async def sent(message: dict[str, Any]) -> None:
        nonlocal refused
        if message["type"] == "http.response.start" and message["status"] == 404:
            answer = guard.absent(http, admitted.who)
            if answer is not None:
                refused = True
                await _answer(send, (answer[0], answer[1], b"" if http.method == "HEAD" else answer[2]))
        if not refused:
            await send(message)

    return sent

"""SageMaker on the wire: JSON 1.1 for the control plane, REST for the runtime.

`respond` is everything an HTTP server needs: it takes a request apart, asks the service in a thread of its own pool
(the service blocks on disks, S3 and containers; the server's loop must not) and puts the answer together, errors in
AWS's form included.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

from localcloud.sagemaker.ports import ApiError
from localcloud.sagemaker.service import SageMaker

TARGET_PREFIX = "SageMaker."
_INVOKE = re.compile(r"/endpoints/([^/]+)/invocations/?")
# Enough for a Map state's forty parallel invocations, and some that wait.
_THREADS = 64


@dataclass(frozen=True)
class Response:
    status: int
    headers: dict[str, str]
    body: bytes


class Wire:
    def __init__(self, service: SageMaker) -> None:
        self._service = service
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="sagemaker-wire")

    async def respond(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, caller: str | None = None
    ) -> Response:
        """Answer a request to `sagemaker` (X-Amz-Target) or `sagemaker-runtime` (/endpoints/NAME/invocations)."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self.answer, method, path, dict(headers), body, caller)

    def answer(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, caller: str | None = None
    ) -> Response:
        """The same, in the caller's thread."""
        lower = {name.lower(): value for name, value in headers.items()}
        request_id = str(uuid4())
        try:
            response = self._route(method, path, lower, body, caller)
        except ApiError as error:
            response = _error(error)
        return Response(response.status, response.headers | {"x-amzn-requestid": request_id}, response.body)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _route(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, caller: str | None
    ) -> Response:
        target = headers.get("x-amz-target", "")
        if target.startswith(TARGET_PREFIX):
            answer = self._service.handle(target.removeprefix(TARGET_PREFIX), _json(body), caller)
            return Response(200, {"content-type": "application/x-amz-json-1.1"}, json.dumps(answer).encode())
        if method == "POST" and (found := _INVOKE.fullmatch(path.split("?")[0])):
            said = self._service.invoke(unquote(found.group(1)), dict(headers), body)
            return Response(said.status, dict(said.headers), said.body)
        raise ApiError(
            "UnknownOperationException", f"localcloud does not have SageMaker {method} {path} yet.", 501
        )


def _json(body: bytes) -> Any:
    try:
        return json.loads(body or b"{}")
    except ValueError as error:
        raise ApiError("SerializationException", f"The request's body is not JSON: {error}") from None


def _error(error: ApiError) -> Response:
    # Which of the two spellings of "message" a shape has differs from error to error; readers take what they know.
    body = {"__type": error.code, "message": error.message, "Message": error.message, **error.fields}
    headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-errortype": error.code}
    return Response(error.status, headers, json.dumps(body).encode())

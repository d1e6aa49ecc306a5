"""The endpoint as a WSGI application around one predictor.

WSGI, because a prediction is a millisecond of computing and nothing to wait for; a thread each is all it
takes.
"""

from __future__ import annotations

import json
import sys
import traceback
from typing import TYPE_CHECKING, Any

from training.errors import BadRequest
from training.serve.requests import JSON, decode
from training.serve.responses import accepted, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from training.model.predictor import Predictor

LARGEST_BODY = 6_291_456
"""InvokeEndpoint's own limit."""
MOST_DISCARDED = 64 * 1024 * 1024
STATUSES = {
    200: "200 OK",
    400: "400 Bad Request",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    406: "406 Not Acceptable",
    413: "413 Content Too Large",
    415: "415 Unsupported Media Type",
    500: "500 Internal Server Error",
}
Response = tuple[int, str, bytes]
Environ = dict[str, Any]


class Application:
    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor
        self._routes: Mapping[str, Mapping[str, Callable[[Environ], Response]]] = {
            "/ping": {"GET": _ping},
            "/invocations": {"POST": self._invoke},
            "/execution-parameters": {"GET": _execution_parameters},
        }

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            status, kind, body = self._route(environ)
        except BadRequest as fault:
            status, kind, body = fault.status, JSON, _error(fault.message)
        except Exception:  # noqa: BLE001 - a fault of ours must still answer, and its trace goes to the log
            traceback.print_exc(file=sys.stderr)
            status, kind, body = 500, JSON, _error("the model failed on this request; its log says why")
        start_response(STATUSES[status], [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    def _route(self, environ: Environ) -> Response:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if path not in self._routes:
            raise BadRequest(
                f"there is nothing at {path[:100]!r}; known are {', '.join(self._routes)}", status=404
            )
        if method not in self._routes[path]:
            raise BadRequest(f"{path} takes {', '.join(self._routes[path])}, not {method[:20]!r}", status=405)
        return self._routes[path][method](environ)

    def _invoke(self, environ: Environ) -> Response:
        batch = decode(_body(environ), environ.get("CONTENT_TYPE") or JSON, self._predictor.contract)
        kind = accepted(environ.get("HTTP_ACCEPT") or "", batch.kind)
        return 200, kind, encode(self._predictor.predict(batch.records, batch.origins), kind)


def _body(environ: Environ) -> bytes:
    """The body. One too large is still read to its end, within reason, so that the caller hears why."""
    body: bytes = environ["wsgi.input"].read(LARGEST_BODY + 1)
    if len(body) <= LARGEST_BODY:
        return body
    for _ in range(MOST_DISCARDED // LARGEST_BODY):
        if not environ["wsgi.input"].read(LARGEST_BODY):
            break
    raise BadRequest(
        f"the body is larger than {LARGEST_BODY} bytes; send fewer records at a time", status=413
    )


def _ping(_: Environ) -> Response:
    return 200, JSON, b"{}"


def _execution_parameters(_: Environ) -> Response:
    """What a batch transform job asks for before it sends anything."""
    parameters = {"MaxConcurrentTransforms": 1, "BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": 6}
    return 200, JSON, json.dumps(parameters).encode()


def _error(message: str) -> bytes:
    return json.dumps({"error": message}, ensure_ascii=False).encode()

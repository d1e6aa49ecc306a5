"""InvokeEndpoint: from the caller to a container and back."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from localcloud.api.errors import ApiError
from localcloud.api.models import service_model
from localcloud.api.validation import validate
from localcloud.services.sagemaker.endpoints.capture import Capture, Exchange
from localcloud.services.sagemaker.endpoints.metrics import Meter, Served
from localcloud.services.sagemaker.endpoints.server import Answer, NoAnswer, Server
from localcloud.services.sagemaker.shapes import RUNTIME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from localcloud.services.sagemaker.context import Context
    from localcloud.services.sagemaker.endpoints.fleet import Fleet, Variant

MOST_BYTES = 6_291_456
_CUSTOM = "x-amzn-sagemaker-custom-attributes"
_VARIANT = "x-amzn-invoked-production-variant"
_REFUSED = (
    *("x-amzn-sagemaker-target-model", "x-amzn-sagemaker-target-container-hostname"),
    *(
        "x-amzn-sagemaker-inference-component",
        "x-amzn-sagemaker-session-id",
        "x-amzn-sagemaker-enable-explanations",
    ),
)


@dataclass(frozen=True)
class Invocation:
    """A request; header names in lower case."""

    endpoint: str
    headers: Mapping[str, str]
    body: bytes


class Invoker:
    def __init__(self, context: Context, meter: Meter, capture: Capture) -> None:
        self._context = context
        self._meter = meter
        self._capture = capture
        # The fleet that each endpoint's traffic goes to; replaced in one step.
        self.fleets: dict[str, Fleet] = {}

    def invoke(self, request: Invocation) -> Answer:
        started = time.perf_counter()
        _check(request)
        fleet = self._fleet(request)
        variant, server = self._pick(fleet, request)
        served = Served(request.endpoint, variant.name, fleet.config_name)
        if server is None:
            self._meter.count(served, 503, 0.0, time.perf_counter() - started)
            raise ApiError(
                "ServiceUnavailable", f"No healthy instance of variant {variant.name} is there.", 503
            )
        asked = time.perf_counter()
        answer, failed = self._ask(server, request)
        answered = time.perf_counter()
        self._meter.count(served, answer.status, answered - asked, answered - started)
        if failed is not None or not 200 <= answer.status < 300:
            raise self._model_error(request, answer, failed)
        self._record(fleet, variant, request, answer)
        return Answer(200, _out_headers(answer, variant), answer.body)

    def _fleet(self, request: Invocation) -> Fleet:
        if len(request.body) > MOST_BYTES:
            message = f"The request's body has {len(request.body)} bytes; at most {MOST_BYTES} are allowed."
            raise ApiError("ValidationError", message)
        for name in _REFUSED:
            if request.headers.get(name):
                raise ApiError(
                    "ValidationError", f"localcloud does not support InvokeEndpoint with {name} yet."
                )
        fleet = self.fleets.get(request.endpoint)
        if fleet is None:
            message = f"Endpoint {request.endpoint} of account {self._context.ports.account} not found."
            raise ApiError("ValidationError", message)
        return fleet

    def _pick(self, fleet: Fleet, request: Invocation) -> tuple[Variant, Server | None]:
        wanted = request.headers.get("x-amzn-sagemaker-target-variant")
        try:
            return fleet.pick(wanted)
        except KeyError:
            message = f"Variant {wanted} of endpoint {request.endpoint} not found."
            raise ApiError("ValidationError", message) from None

    def _ask(self, server: Server, request: Invocation) -> tuple[Answer, str | None]:
        headers = {"Content-Type": request.headers.get("content-type", "application/octet-stream")}
        headers["Accept"] = request.headers.get("accept", "*/*")
        if attributes := request.headers.get(_CUSTOM):
            headers["X-Amzn-SageMaker-Custom-Attributes"] = attributes
        if inference := request.headers.get("x-amzn-sagemaker-inference-id"):
            headers["X-Amzn-SageMaker-Inference-Id"] = inference
        try:
            answer = server.ask(request.body, headers)
        except NoAnswer as error:
            late = "Your invocation timed out while waiting for a response from container primary."
            return Answer(
                0, {}, b""
            ), late if error.timed_out else f"The container broke the connection: {error}"
        if len(answer.body) > MOST_BYTES:
            return Answer(500, {}, b""), f"The container's answer has more than {MOST_BYTES} bytes."
        return answer, None

    def _model_error(self, request: Invocation, answer: Answer, failed: str | None) -> ApiError:
        text = failed or answer.body.decode("utf-8", "replace")
        group = f"/aws/sagemaker/Endpoints/{request.endpoint}"
        kind = "client" if 400 <= answer.status < 500 else "server"
        message = (
            f'Received {kind} error ({answer.status}) from primary with message "{text[:4096]}". See {group}.'
        )
        region, account = self._context.ports.region, self._context.ports.account
        arn = f"arn:aws:logs:{region}:{account}:log-group:{group}"
        fields = {"OriginalStatusCode": answer.status, "OriginalMessage": text[:4096], "LogStreamArn": arn}
        return ApiError("ModelError", message, 424, fields)

    def _record(self, fleet: Fleet, variant: Variant, request: Invocation, answer: Answer) -> None:
        exchange = Exchange(
            endpoint=request.endpoint,
            variant=variant.name,
            body=request.body,
            content_type=request.headers.get("content-type", "application/octet-stream"),
            answer=answer.body,
            answer_type=answer.headers.get("content-type", "application/octet-stream"),
            inference_id=request.headers.get("x-amzn-sagemaker-inference-id"),
            custom_attributes=request.headers.get(_CUSTOM),
            role_arn=variant.plan.role_arn,
        )
        self._capture.add(fleet.capture, exchange)


def _check(request: Invocation) -> None:
    """The members that came as headers, by the model. The runtime has a code of its own for what is wrong."""
    shape = service_model(RUNTIME).operation_model("InvokeEndpoint").input_shape
    given = {
        name: request.headers[header] for name, header in _headers().items() if header in request.headers
    }
    try:
        validate(shape, given | {"EndpointName": request.endpoint, "Body": ""})
    except ApiError as error:
        raise ApiError("ValidationError", error.message) from None


@cache
def _headers() -> dict[str, str]:
    """Members of an invocation, and the headers that carry them."""
    shape = service_model(RUNTIME).operation_model("InvokeEndpoint").input_shape
    members = shape.members.items() if shape else ()
    return {
        name: member.serialization["name"].lower()
        for name, member in members
        if member.serialization.get("location") == "header"
    }


def _out_headers(answer: Answer, variant: Variant) -> dict[str, str]:
    headers = {
        "content-type": answer.headers.get("content-type", "application/octet-stream"),
        _VARIANT: variant.name,
    }
    if attributes := answer.headers.get(_CUSTOM):
        headers[_CUSTOM] = attributes
    return headers

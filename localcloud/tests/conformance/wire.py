"""SageMaker of a whole local cloud over HTTP, asked by botocore, with every answer held to the model."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

from localcloud.api.models import clean_session, service_model
from localcloud.tests.conformance.answers import wrong_with

if TYPE_CHECKING:
    from botocore.model import StructureShape

ROLE = "arn:aws:iam::000000000000:role/any"


@dataclass
class Wire:
    """Counts its calls: `counted["valid"]` and so on."""

    port: int
    counted: Counter[str] = field(default_factory=Counter)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _payload: dict[str, Any] = field(default_factory=dict)
    _raw: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client: Any = clean_session().create_client(
            "sagemaker",
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name="us-east-1",
            aws_access_key_id="000000000000",
            aws_secret_access_key="local",
            config=Config(parameter_validation=False, retries={"max_attempts": 0}),
        )
        events = self.client.meta.events
        events.register("before-call.sagemaker", self._send)
        events.register("before-parse.sagemaker", self._receive)

    def ask(self, kind: str, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """The answer as it was on the wire. Raises ClientError, after looking at the error's own shape."""
        self._payload = payload
        self.counted[kind] += 1
        try:
            getattr(self.client, xform_name(action))()
        except ClientError as error:
            self._check_error(error)
            raise
        answer: dict[str, Any] = self._raw
        wrong = list(wrong_with(service_model("sagemaker").operation_model(action).output_shape, answer))
        assert not wrong, f"{action} {json.dumps(payload)}: {wrong}"
        return answer

    def refusal(self, action: str, payload: dict[str, Any]) -> tuple[str, str]:
        """The code and the message of a request that must be refused."""
        try:
            answer = self.ask("invalid", action, payload)
        except ClientError as error:
            return error.response["Error"]["Code"], error.response["Error"]["Message"]
        raise AssertionError(f"{action} took {json.dumps(payload)[:500]} and answered {answer}")

    def input_shape(self, action: str) -> StructureShape:
        shape = service_model("sagemaker").operation_model(action).input_shape
        assert shape is not None
        return shape

    def name(self) -> str:
        return f"n{next(self.numbers)}"

    def _send(self, params: dict[str, Any], **_: Any) -> None:
        # In place of what botocore's serializer would make, which cannot say what is wrong.
        params["body"] = json.dumps(self._payload).encode()

    def _receive(self, response_dict: dict[str, Any], **_: Any) -> None:
        body = response_dict["body"]
        self._raw = json.loads(body) if body.strip() else {}

    def _check_error(self, error: ClientError) -> None:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        assert status == 400, f"{status}: {error}"
        assert set(self._raw) == {"__type", "message"}, self._raw
        assert self._raw["__type"] == error.response["Error"]["Code"]
        assert self._raw["message"] == error.response["Error"]["Message"] != ""

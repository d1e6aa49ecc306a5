"""AWS's APIs as state machines and templates name them, by botocore's own models.

Parameters are matched to the model without regard to case, so a misspelt one fails here as it does at AWS.
`Caller` is how CloudFormation's types ask this cloud for what they stand for; an answer is plain JSON then,
and errors are named as AWS's Java SDK names them. The cost: each call is one HTTP request to the endpoint.
"""

from __future__ import annotations

import functools
import json
import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from localcloud.api.models import clean_session, service_model

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape

# Where Step Functions' name (the Java SDK's) is not the model's service id in lower case.
_NAMES = {
    "sfn": "stepfunctions",
    "cloudwatchlogs": "logs",
    "eventbridge": "events",
    "sagemakerfeaturestoreruntime": "sagemaker-featurestore-runtime",
    "elasticloadbalancingv2": "elbv2",
}


class TaskError(Exception):
    """A failed task: the error name that Retry and Catch match, and the cause."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause


@functools.lru_cache(maxsize=1)
def _services() -> dict[str, str]:
    """Step Functions' service name -> botocore's."""
    names = clean_session().get_available_services()
    return {name.replace("-", ""): name for name in names} | _NAMES


def service_name(sdk_name: str) -> str | None:
    """botocore's name of the service in `aws-sdk:<name>:<action>`, or None."""
    return _services().get(sdk_name.lower())


@functools.lru_cache(maxsize=64)
def operation(service: str, action: str) -> OperationModel | None:
    """The model of an action written in lower camel case, or None."""
    model = service_model(service)
    wanted = action[:1].upper() + action[1:]
    found = wanted if wanted in model.operation_names else _ignoring_case(model.operation_names, wanted)
    return model.operation_model(found) if found else None


def _ignoring_case(names: Any, wanted: str) -> str | None:
    return next((name for name in names if name.lower() == wanted.lower()), None)


def java_name(service_id: str) -> str:
    """The service's name in error names: 'SNS' -> 'Sns', 'DynamoDB' -> 'DynamoDb', 'SageMaker' stays."""
    joined = "".join(word[:1].upper() + word[1:] for word in service_id.split())
    return re.sub(r"[A-Z]{2,}(?=[A-Z][a-z]|\d|$)", lambda m: m.group().capitalize(), joined)


class Caller:
    """Calls APIs at one endpoint, in one account and region."""

    def __init__(self, endpoint_url: str, account: str, region: str) -> None:
        self._endpoint_url, self._account, self._region = endpoint_url, account, region
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    def call(self, service: str, action: str, arguments: Any) -> dict[str, Any]:
        """Call an action; raises TaskError."""
        model = operation(service, action)
        if model is None:
            raise TaskError("States.Runtime", f"{service} has no action '{action}'")
        parameters = to_parameters(model.input_shape, arguments or {}, "")
        try:
            answer = getattr(self._client(service), _method(self._client(service), model.name))(**parameters)
        except ClientError as error:
            raise _named(model, error) from error
        except ParamValidationError as error:
            raise TaskError("States.Runtime", str(error)) from error
        except BotoCoreError as error:
            raise TaskError(
                f"{java_name(model.service_model.service_id)}.SdkClientException", str(error)
            ) from error
        answer.pop("ResponseMetadata", None)
        return to_output(model.output_shape, answer)  # type: ignore[no-any-return]

    def _client(self, service: str) -> Any:
        with self._lock:
            if service not in self._clients:
                self._clients[service] = boto3.session.Session().client(  # type: ignore[call-overload]
                    service,
                    endpoint_url=self._endpoint_url,
                    region_name=self._region,
                    aws_access_key_id=self._account,
                    aws_secret_access_key="local",  # noqa: S106 - not a secret
                    config=Config(
                        retries={"total_max_attempts": 1}, max_pool_connections=64, read_timeout=900
                    ),
                )
            return self._clients[service]


def _method(client: Any, name: str) -> str:
    methods: Mapping[str, str] = client.meta.method_to_api_mapping
    return next(method for method, api in methods.items() if api == name)


def _named(model: OperationModel, error: ClientError) -> TaskError:
    code, message = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
    metadata: Mapping[str, Any] = error.response.get("ResponseMetadata", {})
    status, request = metadata.get("HTTPStatusCode"), metadata.get("RequestId")
    service_id = str(model.service_model.service_id)
    modelled = {shape.metadata.get("error", {}).get("code", shape.name) for shape in model.error_shapes}
    modelled |= {shape.name for shape in model.error_shapes}
    name = code.removesuffix("Exception") if code in modelled else java_name(service_id)
    service = service_id.replace(" ", "")
    cause = f"{message} (Service: {service}, Status Code: {status}, Request ID: {request})"
    return TaskError(f"{java_name(service_id)}.{name}Exception", cause)


def to_parameters(shape: Shape | None, value: Any, path: str) -> Any:
    """A task's arguments as botocore wants them."""
    if shape is None:
        return value or {}
    kind = shape.type_name
    if kind == "structure" and isinstance(value, Mapping):
        return dict(_members(shape, value, path))
    if kind == "list" and isinstance(value, list):
        return [to_parameters(shape.member, item, f"{path}[{i}]") for i, item in enumerate(value)]  # type: ignore[attr-defined]
    if kind == "map" and isinstance(value, Mapping):
        return {k: to_parameters(shape.value, v, f"{path}.{k}") for k, v in value.items()}  # type: ignore[attr-defined]
    if shape.serialization.get("streaming") and not isinstance(value, bytes):
        # The content of an object is JSON, even where it is a text: that stands in quotes.
        return json.dumps(value, separators=(",", ":")).encode()
    return _scalar(kind, value)


def _scalar(kind: str, value: Any) -> Any:
    if kind in ("string", "blob") and isinstance(value, (dict, list)):
        value = json.dumps(value, separators=(",", ":"))
    if kind == "blob" and isinstance(value, str):
        return value.encode()
    if kind in ("integer", "long") and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _members(shape: Any, value: Mapping[str, Any], path: str) -> Any:
    for key, item in value.items():
        name = key if key in shape.members else _ignoring_case(shape.members, key)
        if name is None:
            raise TaskError(
                "States.Runtime",
                f"The field '{f'{path}.{key}'.lstrip('.')}' is not supported by Step Functions",
            )
        if item is not None:
            yield name, to_parameters(shape.members[name], item, f"{path}.{key}")


def to_output(shape: Shape | None, value: Any) -> Any:
    """An API's answer as plain JSON with keys in PascalCase."""
    kind = shape.type_name if shape is not None else ""
    if isinstance(value, Mapping):
        if kind == "map":
            return {k: to_output(shape.value, v) for k, v in value.items()}  # type: ignore[union-attr]
        members = shape.members if kind == "structure" else {}  # type: ignore[union-attr]
        present = {k: v for k, v in value.items() if v is not None}
        return {k[:1].upper() + k[1:]: to_output(members.get(k), v) for k, v in present.items()}
    if isinstance(value, list):
        return [to_output(getattr(shape, "member", None), item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    if hasattr(value, "read"):
        value = value.read()
    return value.decode("utf-8", "replace") if isinstance(value, (bytes, bytearray)) else value

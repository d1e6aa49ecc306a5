"""What every Task that calls an AWS API has in common: whose credentials, which parameters, how an error
is named.
"""

from __future__ import annotations

import functools
import re
import uuid
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from localcloud.services.states import sdk
from localcloud.services.states.interpreter.faults import failure, runtime_failure
from localcloud.services.states.interpreter.seam import StateCredentials
from localcloud.services.states.interpreter.services import Role, client_of
from localcloud.services.states.interpreter.tasks import shapes

# The optimised integrations' names of services that botocore calls otherwise.
_BOTOCORE = {"states": "stepfunctions"}


class Calls:
    """Mixed into moto's service tasks. `optimised` says which of AWS's two manners the integration has."""

    optimised = True
    with_metadata = True

    def _eval_state_credentials(self, env: Any) -> Any:
        own = env.aws_execution_details.role_arn
        arn = super()._eval_state_credentials(env=env).role_arn  # type: ignore[misc]
        return StateCredentials(role_arn=Role(str(arn), own.services) if isinstance(own, Role) else arn)

    def _eval_parameters(self, env: Any) -> Any:
        """moto drops a parameter that the integration does not know; AWS refuses it."""
        if self.parargs is None:  # type: ignore[attr-defined]
            return {}
        self.parargs.eval(env=env)  # type: ignore[attr-defined]
        parameters = env.stack.pop()
        if not isinstance(parameters, Mapping):
            raise runtime_failure(
                env,
                f"The arguments of a task must be an object, not {parameters!r}",
            )
        known = self._get_supported_parameters()  # type: ignore[attr-defined]
        for name in parameters if known else ():
            if name not in known:
                raise runtime_failure(env, f"The field '{name}' is not supported by Step Functions")
        return parameters

    def _api(self) -> tuple[str, str]:
        resource = self.resource  # type: ignore[attr-defined]
        name = sdk.service_name(_BOTOCORE.get(resource.api_name, resource.api_name)) or resource.api_name
        return name, resource.api_action

    def _eval_service_task(
        self, env: Any, resource_runtime_part: Any, normalised_parameters: Any, state_credentials: Any
    ) -> None:
        service, action = self._api()
        answer = self._call(
            env, state_credentials, resource_runtime_part.region, service, action, normalised_parameters
        )
        env.stack.append(answer)

    def _call(
        self, env: Any, credentials: Any, region: str, service: str, action: str, parameters: Any
    ) -> dict[str, Any]:
        model = sdk.operation(service, action)
        if model is None:
            raise runtime_failure(env, f"The service '{service}' has no action '{action}'")
        try:
            arguments = sdk.to_parameters(model.input_shape, _wire_names(parameters), "")
        except sdk.TaskError as error:
            raise runtime_failure(env, error.cause) from error
        client = client_of(credentials.role_arn, service, region)
        answer = getattr(client, method_of(client, model.name))(**arguments)
        about = shapes.metadata(answer) if self.optimised and self.with_metadata else {}
        answer.pop("ResponseMetadata", None)
        return {**shapes.output(model.output_shape, answer, optimised=self.optimised), **about}

    def _from_error(self, env: Any, ex: Exception) -> Any:
        if isinstance(ex, ClientError):
            named = self._client_error(ex)
            return self._task_failure(env, *named)
        lacking = _LACKING.findall(str(ex)) if isinstance(ex, ParamValidationError) else []
        if lacking:
            return self._task_failure(env, *self._client_error(_refused_without(lacking, *self._api())))
        if isinstance(ex, ParamValidationError):
            return runtime_failure(env, str(ex)).failure_event
        if isinstance(ex, BotoCoreError):
            return self._task_failure(env, f"{self._prefix()}.SdkClientException", str(ex))
        return super()._from_error(env=env, ex=ex)  # type: ignore[misc]

    def _task_failure(self, env: Any, error: str, cause: str) -> Any:
        event = failure(env, error, cause).failure_event
        event.event_details["taskFailedEventDetails"] |= {
            "resource": self._get_sfn_resource(),  # type: ignore[attr-defined]
            "resourceType": self._get_sfn_resource_type(),  # type: ignore[attr-defined]
        }
        return event

    def _prefix(self) -> str:
        model = sdk.operation(*self._api())
        return sdk.java_name(str(model.service_model.service_id)) if model else self._api()[0]

    def _client_error(self, error: ClientError) -> tuple[str, str]:
        """The Java SDK's name of the error and its text."""
        code, message = error_of(error)
        about = error.response.get("ResponseMetadata", {})
        prefix = self._prefix()
        name = code if code in modelled(*self._api()) else prefix
        name = name if name.endswith("Exception") else f"{name}Exception"
        details = [
            f"Service: {prefix}",
            f"Status Code: {about.get('HTTPStatusCode')}",
            f"Request ID: {about.get('RequestId')}",
        ]
        # S3 has a second id of every request; where its stand-in gives none, the first one serves.
        extended = about.get("HostId") or (about.get("RequestId") if prefix == "S3" else None)
        if extended:
            details.append(f"Extended Request ID: {extended}")
        return f"{prefix}.{name}", f"{message} ({', '.join(details)})"


_LACKING = re.compile(r'Missing required parameter in input: "(\w+)"')


def _refused_without(names: list[str], service: str, action: str) -> ClientError:
    """What a service answers to a request that lacks parameters; botocore does not let it out."""
    model = sdk.operation(service, action)
    about = model.service_model.metadata if model else {}
    if about.get("protocol") == "query" or "awsQueryCompatible" in about:
        return _refusal("MissingParameter", f"The request must contain the parameter {names[0]}.")
    faults = "; ".join(
        f"Value null at '{name[:1].lower()}{name[1:]}' failed to satisfy constraint: Member must not be null"
        for name in names
    )
    errors = f"{len(names)} validation error{'s' if len(names) > 1 else ''} detected"
    return _refusal("ValidationException", f"{errors}: {faults}")


def _refusal(code: str, message: str) -> ClientError:
    about: Any = {"HTTPStatusCode": 400, "RequestId": str(uuid.uuid4())}
    return ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": about}, "")


def error_of(error: ClientError) -> tuple[str, str]:
    found = error.response.get("Error", {})
    return found.get("Code", ""), found.get("Message", "")


@functools.lru_cache(maxsize=512)
def modelled(service: str, action: str) -> frozenset[str]:
    """The codes of the errors that the service's model lists."""
    model = sdk.operation(service, action)
    if model is None:
        return frozenset()
    shapes_ = model.service_model.error_shapes
    return frozenset(
        {shape.name for shape in shapes_}
        | {shape.metadata.get("error", {}).get("code", shape.name) for shape in shapes_}
    )


def v1_cause(error: ClientError, service: str) -> str:
    """The text of an error as the optimised integrations give it, in the manner of the Java SDK 1."""
    code, message = error_of(error)
    about = error.response.get("ResponseMetadata", {})
    return (
        f"{message} (Service: {service}; Status Code: {about.get('HTTPStatusCode')}; Error Code: {code}; "
        f"Request ID: {about.get('RequestId')}; Proxy: null)"
    )


def v1_name(error: ClientError, prefix: str, service: str, action: str) -> str:
    """`SageMaker.ResourceInUseException`, and `SageMaker.AmazonSageMakerException` where the model has no
    name.
    """
    code, _ = error_of(error)
    name = code if code in modelled(service, action) else f"Amazon{prefix}Exception"
    return f"{prefix}.{name if name.endswith('Exception') else name + 'Exception'}"


def method_of(client: Any, operation: str) -> str:
    return next(str(method) for method, api in client.meta.method_to_api_mapping.items() if api == operation)


def _wire_names(value: Any) -> Any:
    """Java's `Nul` is DynamoDB's `NULL`."""
    if isinstance(value, Mapping):
        return {("NULL" if key == "Nul" else key): _wire_names(item) for key, item in value.items()}
    return [_wire_names(item) for item in value] if isinstance(value, list) else value

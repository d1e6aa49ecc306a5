"""The optimised integrations of Lambda, SNS, SQS, EventBridge and DynamoDB, and those that moto only
passes on.
"""

# ruff: noqa: SLF001 - private names of moto are what this package is about

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from localcloud.services.states.interpreter.faults import failure
from localcloud.services.states.interpreter.history import to_json
from localcloud.services.states.interpreter.seam import (
    LambdaFunctionErrorException,
    StateTaskLambda,
    StateTaskServiceDynamoDB,
    StateTaskServiceEvents,
    StateTaskServiceLambda,
    StateTaskServiceSns,
    StateTaskServiceSqs,
    StateTaskServiceUnsupported,
)
from localcloud.services.states.interpreter.tasks.calls import Calls, error_of, v1_cause, v1_name
from localcloud.services.states.interpreter.tasks.waiting import Waits


def function_payload(value: Any) -> bytes:
    """What a function gets. A string that is JSON goes as it is."""
    if isinstance(value, str):
        try:
            json.loads(value)
        except ValueError:
            return to_json(value).encode()
        return value.encode()
    return to_json({} if value is None else value).encode()


def _result(payload: Any) -> Any:
    try:
        return json.loads(payload)
    except (TypeError, ValueError):
        return payload


def _raise_function_error(answer: dict[str, Any]) -> None:
    if answer.get("FunctionError"):
        text = answer.get("Payload")
        raise LambdaFunctionErrorException(
            answer["FunctionError"], text if isinstance(text, str) else to_json(text)
        )


def function_error(error: Any) -> tuple[str, str]:
    """The name and the cause of what a function raised."""
    try:
        raised = json.loads(error.payload)
    except ValueError:
        raised = None
    if not isinstance(raised, dict):
        return "Exception", error.payload
    return str(raised.get("errorType") or "Exception"), error.payload


_UNQUALIFIED = re.compile(r"(Function not found: arn:(?:[^: ]*:){4}function:[^: ]+)(?= )")


def lambda_error(error: ClientError) -> tuple[str, str]:
    """The name and the cause of what Lambda refused. It names the version that it has looked for."""
    code = error_of(error)[0]
    name = f"Lambda.{code if code.endswith('Exception') else code + 'Exception'}"
    return name, _UNQUALIFIED.sub(r"\1:$LATEST", v1_cause(error, "AWSLambda"))


class Invoke(Waits, StateTaskServiceLambda):  # type: ignore[misc]
    """`lambda:invoke`: the payload goes as JSON and comes back as JSON; what the function raised is the
    error.
    """

    def _get_supported_parameters(self) -> Any:
        known = super()._get_supported_parameters()
        return known | {"InvocationType"} if known else known

    def _normalise_parameters(self, parameters: Any, *_: Any, **__: Any) -> None:
        if "Payload" in parameters:
            parameters["Payload"] = function_payload(parameters["Payload"])

    def _eval_service_task(self, env: Any, *args: Any, **kwargs: Any) -> None:
        super()._eval_service_task(env, *args, **kwargs)
        answer = env.stack[-1]
        _raise_function_error(answer)
        if "Payload" in answer:
            answer["Payload"] = _result(answer["Payload"])

    def _from_error(self, env: Any, ex: Exception) -> Any:
        if isinstance(ex, LambdaFunctionErrorException):
            return self._task_failure(env, *function_error(ex))
        return super()._from_error(env=env, ex=ex)

    def _client_error(self, error: ClientError) -> tuple[str, str]:
        return lambda_error(error)


class Function(Calls, StateTaskLambda):  # type: ignore[misc]
    """A function's ARN as the Resource: its input is the state's, its result the task's."""

    def _eval_parameters(self, env: Any) -> Any:
        if self.parargs:
            self.parargs.eval(env=env)
        return {"FunctionName": self.resource.resource_arn, "Payload": env.stack.pop()}

    def _from_error(self, env: Any, ex: Exception) -> Any:
        event = StateTaskLambda._from_error(self, env, ex)
        if isinstance(ex, LambdaFunctionErrorException):
            named = function_error(ex)
        elif isinstance(ex, ClientError):
            named = lambda_error(ex)
        else:
            return event
        return failure(
            env, *named, event=event.event_type, details="lambdaFunctionFailedEventDetails"
        ).failure_event


class Publish(Waits, StateTaskServiceSns):  # type: ignore[misc]
    def _normalise_parameters(self, parameters: Any, *_: Any, **__: Any) -> None:
        if "Message" in parameters and not isinstance(parameters["Message"], str):
            parameters["Message"] = to_json(parameters["Message"])

    def _client_error(self, error: ClientError) -> tuple[str, str]:
        code = error_of(error)[0]
        return f"SNS.{code if code.endswith('Exception') else code + 'Exception'}", v1_cause(
            error, "AmazonSNS"
        )


class NoSuchHost(Exception):
    """A queue's URL does not count, as its host alone shows."""


class SendMessage(Waits, StateTaskServiceSqs):  # type: ignore[misc]
    def _eval_service_task(
        self, env: Any, resource_runtime_part: Any, normalised_parameters: Any, state_credentials: Any
    ) -> None:
        try:
            super()._eval_service_task(env, resource_runtime_part, normalised_parameters, state_credentials)
        except ClientError as error:
            url = urlsplit(str(normalised_parameters.get("QueueUrl", "")))
            if _no_queue(error) and url.hostname and not url.path.strip("/"):
                raise NoSuchHost(url.hostname) from error
            raise

    def _from_error(self, env: Any, ex: Exception) -> Any:
        if isinstance(ex, NoSuchHost):
            cause = f"Unable to execute HTTP request: {ex}: Name or service not known"
            return self._task_failure(env, "SQS.SdkClientException", cause)
        return super()._from_error(env=env, ex=ex)

    def _normalise_parameters(self, parameters: Any, *_: Any, **__: Any) -> None:
        if not isinstance(parameters.get("MessageBody"), (str, type(None))):
            parameters["MessageBody"] = to_json(parameters["MessageBody"])

    def _client_error(self, error: ClientError) -> tuple[str, str]:
        if _no_queue(error):
            return "SQS.QueueDoesNotExistException", v1_cause(error, "AmazonSQS")
        return v1_name(error, "SQS", *self._api()), v1_cause(error, "AmazonSQS")


def _no_queue(error: ClientError) -> bool:
    return error_of(error)[0].rpartition(".")[2] in ("NonExistentQueue", "QueueDoesNotExist")


class PutEvents(Waits, StateTaskServiceEvents):  # type: ignore[misc]
    """`events:putEvents`; an entry that EventBridge refuses fails the task."""

    def _eval_service_task(
        self, env: Any, resource_runtime_part: Any, normalised_parameters: Any, state_credentials: Any
    ) -> None:
        context = env.states.context_object.context_object_data
        own = [context["StateMachine"]["Id"], context["Execution"]["Id"]]
        for entry in normalised_parameters.get("Entries", []):
            if "Detail" in entry and not isinstance(entry["Detail"], str):
                entry["Detail"] = to_json(entry["Detail"])
            entry["Resources"] = [*entry.get("Resources", []), *own]
        super()._eval_service_task(env, resource_runtime_part, normalised_parameters, state_credentials)
        answer = env.stack[-1]
        if answer.get("FailedEntryCount"):
            raise PutEventsFailed(
                to_json({"Entries": answer.get("Entries"), "FailedEntryCount": answer["FailedEntryCount"]})
            )

    def _from_error(self, env: Any, ex: Exception) -> Any:
        if isinstance(ex, PutEventsFailed):
            return self._task_failure(env, "EventBridge.FailedEntry", str(ex))
        return super()._from_error(env=env, ex=ex)

    def _client_error(self, error: ClientError) -> tuple[str, str]:
        code = error_of(error)[0]
        name = f"EventBridge.{code if code.endswith('Exception') else code + 'Exception'}"
        return name, v1_cause(error, "AmazonEventBridge")


class PutEventsFailed(Exception):
    pass


class Item(Calls, StateTaskServiceDynamoDB):  # type: ignore[misc]
    """`dynamodb:getItem`, `putItem`, `updateItem` and `deleteItem`."""

    def _client_error(self, error: ClientError) -> tuple[str, str]:
        return v1_name(error, "DynamoDB", *self._api()), v1_cause(error, "AmazonDynamoDBv2")


class PassedOn(Waits, StateTaskServiceUnsupported):  # type: ignore[misc]
    """An integration without special handling here: its action is called as it is, and `.sync` is refused."""

    def _validate_service_integration_is_supported(self) -> None:
        condition = self.resource.condition
        if condition is not None and "sync" in condition:
            raise ValueError(
                f"The resource provided {self.resource.resource_arn} is not supported by the local cloud"
            )

    def _get_supported_parameters(self) -> None:
        return None

    def _client_error(self, error: ClientError) -> tuple[str, str]:
        prefix = self._prefix()
        return v1_name(error, prefix, *self._api()), v1_cause(error, f"Amazon{prefix}")

"""What TestState refuses of a mock: one that its state cannot have, or a result that no API would give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from localcloud.services.states import sdk
from localcloud.services.states.interpreter.tasks import shapes

_WITHOUT = ("Pass", "Fail", "Succeed")
_INNER = ("Map", "Parallel")
_SUPPORTED = "Task, Wait, Pass, Succeed, Fail, Choice"
_API = re.compile(r"^arn:[^:]+:states:::(aws-sdk:)?([^:.]+):(\w+)$")
_BOTOCORE = {"states": "stepfunctions"}
_KINDS: dict[str, tuple[type[Any] | tuple[type[Any], ...], str]] = {
    "structure": (dict, "an object"), "map": (dict, "an object"), "list": (list, "an array"),
    "string": (str, "a string"), "timestamp": (str, "a string"), "blob": (str, "a string"),
    "boolean": (bool, "a boolean"), "integer": (int, "a number"), "long": (int, "a number"),
    "float": ((int, float), "a number"), "double": ((int, float), "a number"),
}  # fmt: skip


def needs_mock(state: Mapping[str, Any], mock: Mapping[str, Any]) -> str | None:
    """Why the state cannot be tested without a mock, or None."""
    if state["Type"] in _INNER and not mock:
        kinds = f"Supported state types include: [{_SUPPORTED}]"
        return f"TestState API does not support Map or Parallel states. {kinds}"
    return None


def fault(state: Mapping[str, Any], mock: Mapping[str, Any], request: Mapping[str, Any]) -> str | None:
    """What is wrong with the request's mock, or None. Its `result` is no longer a text."""
    failures = (request.get("stateConfiguration") or {}).get("mapIterationFailureCount")
    if not mock:
        return _unmocked(state["Type"], failures, request.get("roleArn"))
    unfit = _unfit(state["Type"], mock, request)
    if unfit or "result" not in mock:
        return unfit
    if state["Type"] in _INNER:
        return _inner(state, mock["result"], failures)
    found = next(_task(state, mock), None)
    return f"Mock result schema validation error: {found}" if found else None


def _unmocked(kind: str, failures: int | None, role: str | None) -> str | None:
    if failures is not None:
        return "TestState does not support MapIterationFailureCount when a mock is not specified."
    return "RoleArn must be specified when testing a Task state" if kind == "Task" and not role else None


def _unfit(kind: str, mock: Mapping[str, Any], request: Mapping[str, Any]) -> str | None:
    if "result" in mock and "errorOutput" in mock:
        return "A test mock should have only one of the following fields: [result, errorOutput]."
    if request.get("revealSecrets"):
        return "TestState does not support RevealSecrets when a mock is specified."
    return f"State type '{kind}' is not supported when a mock is specified" if kind in _WITHOUT else None


def _inner(state: Mapping[str, Any], result: Any, failures: int | None) -> str | None:
    if "ResultWriter" in state:
        return None if isinstance(result, dict) else "Mocked result must be a JSON object."
    if not isinstance(result, list):
        return "Mocked result must be an array."
    if state["Type"] == "Parallel" and len(result) != len(state.get("Branches") or []):
        return "Mocked result must contain the same number of items as number of Parallel branches."
    if failures is not None and failures > len(result):
        return "Map iteration failure count must be less than or equal to the number of Map iterations"
    return None


def _task(state: Mapping[str, Any], mock: Mapping[str, Any]) -> Iterator[str]:
    """Faults by the model of the API that the task calls; a task that waits has another result."""
    api = _API.match(str(state.get("Resource")))
    mode = mock.get("fieldValidationMode") or "STRICT"
    service = sdk.service_name(_BOTOCORE.get(api[2], api[2])) if api else None
    model = sdk.operation(service, api[3]) if api and service else None
    if api and model is not None and mode != "NONE":
        checks = _Checks(optimised=not api[1], strict=mode == "STRICT")
        yield from checks.faults(model.output_shape, mock["result"], "")


class _Checks:
    def __init__(self, *, optimised: bool, strict: bool) -> None:
        self._optimised, self._strict = optimised, strict

    def faults(self, shape: Any, value: Any, name: str) -> Iterator[str]:
        kind = shape.type_name
        if kind == "blob" and self._optimised:
            return  # a function's payload is any JSON
        wanted, called = _KINDS[kind]
        if not isinstance(value, wanted) or (isinstance(value, bool) and kind != "boolean"):
            yield f"Field '{name}' must be {called}" if name else f"The result must be {called}"
        elif kind == "structure":
            yield from self._members(shape, value)
        elif kind in ("list", "map"):
            inner = value if kind == "list" else value.values()
            for item in inner:
                yield from self.faults(shape.member if kind == "list" else shape.value, item, name)
        else:
            yield from _limits(shape, value, name)

    def _members(self, shape: Any, value: Mapping[str, Any]) -> Iterator[str]:
        for member, inner in shape.members.items():
            name = shapes.key_of(shape, member, self._optimised)
            if name in value:
                yield from self.faults(inner, value[name], name)
            elif self._strict and member in shape.required_members:
                yield f"Required field '{name}' is missing"


def _limits(shape: Any, value: Any, name: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if getattr(shape, "enum", None) and value not in shape.enum:
        yield f"Field '{name}' is not an expected value"
    elif isinstance(value, str):
        if least is not None and len(value) < least:
            yield f"Field '{name}' is smaller than the minimum length"
        elif most is not None and len(value) > most:
            yield f"Field '{name}' exceeds the maximum length"
    elif least is not None and value < least:
        yield f"Field '{name}' is less than the minimum value"
    elif most is not None and value > most:
        yield f"Field '{name}' exceeds the maximum value"

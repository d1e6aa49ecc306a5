"""One state alone, as the TestState API runs it: no history, no retry, and a mock in place of the call if
one is given.
"""

# ruff: noqa: SLF001 - private names of moto are what this package is about

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from localcloud.services.states.interpreter import fields, mocks, program
from localcloud.services.states.interpreter.execution import Context, Execution
from localcloud.services.states.interpreter.faults import failure
from localcloud.services.states.interpreter.history import to_json
from localcloud.services.states.interpreter.seam import (
    CatchOutcome,
    FailureEventException,
    HistoryEventType,
    ProgramRunning,
)
from localcloud.services.states.interpreter.services import Services


class Unusable(Exception):
    """The request cannot be tested."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class _Retriable(Exception):
    """A Retry matches the failure; TestState says so instead of trying again."""

    def __init__(self, event: Any) -> None:
        super().__init__()
        self.event = event


def test(request: Mapping[str, Any], services: Services) -> dict[str, Any]:
    """Perform a TestState request; its answer."""
    given = _json(request.get("input") or "{}", "InvalidExecutionInput")
    name, definition = _machine(
        _json(request.get("definition") or "", "InvalidDefinition"), request.get("stateName")
    )
    try:
        program.install()
        machine = program.build(definition, fields.strip(definition))
    except program.Refused as error:
        raise Unusable("InvalidDefinition", str(error)) from error
    mock = _mocked(definition["States"][name], request)
    state = machine.states.states[name]
    execution = Execution(
        machine, given, Context(role_arn=request.get("roleArn") or Context.role_arn), services
    )
    env = execution.env
    for variable, value in _json(request.get("variables") or "{}", "ValidationException").items():
        env.variable_store.set(variable, value)
    env.states.context_object.context_object_data.update(
        _json(request.get("context") or "{}", "ValidationException")
    )
    seen: dict[str, str] = {"input": to_json(given)}
    _mock(state, mock)
    _watch(state, seen)
    answer = _evaluate(state, env, name)
    if request.get("inspectionLevel") in ("DEBUG", "TRACE"):
        answer["inspectionData"] = seen
    return answer


test.__test__ = False  # type: ignore[attr-defined]  # a name of AWS's, and not a test of ours


def _json(text: Any, code: str) -> Any:
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except ValueError as error:
        raise Unusable(code, f"No JSON: {error}") from error


def _machine(definition: Any, wanted: str | None) -> tuple[str, dict[str, Any]]:
    """A machine of the one state, with an end for everything that it leads to."""
    if not isinstance(definition, dict):
        raise Unusable("InvalidDefinition", "The definition must be an object")
    language = definition.get("QueryLanguage") or "JSONPath"
    name = wanted or "State"
    state: Any = definition
    if "States" in definition:
        name = wanted or definition.get("StartAt", "")
        known = {inner: (found, own) for inner, found, own in fields.states_of(definition, language)}
        state, language = known.get(name, (None, language))
    if not isinstance(state, dict) or "Type" not in state:
        raise Unusable("InvalidDefinition", f"There is no state '{name}' with a Type in the definition")
    rules = [*(state.get("Choices") or []), *(state.get("Catch") or [])]
    targets = {state.get("Next"), state.get("Default"), *(rule.get("Next") for rule in rules)} - {None, name}
    ends = {str(target): {"Type": "Succeed"} for target in targets}
    return name, {"QueryLanguage": language, "StartAt": name, "States": {name: state, **ends}}


def _mocked(state: Mapping[str, Any], request: Mapping[str, Any]) -> dict[str, Any]:
    """The request's mock, its result read; raises Unusable for one that the state cannot have."""
    mock = dict(request.get("mock") or {})
    if "result" in mock:
        mock["result"] = _json(mock["result"], "ValidationException")
    fault = mocks.fault(state, mock, request)
    if fault:
        raise Unusable("ValidationException", fault)
    lacking = mocks.needs_mock(state, mock)
    if lacking:
        raise Unusable("InvalidDefinition", lacking)
    return mock


def _mock(state: Any, mock: Mapping[str, Any]) -> None:
    if "errorOutput" in mock:
        error = mock["errorOutput"]

        def fail(env: Any) -> None:
            raise failure(env, error.get("error"), error.get("cause"))

        state._eval_execution = fail
    elif "result" in mock:
        state._eval_execution = lambda env: env.stack.append(mock["result"])


def _watch(state: Any, seen: dict[str, str]) -> None:
    """Note what each part of the state makes of the data."""
    arguments = "afterParameters" if state._is_language_query_jsonpath() else "afterArguments"
    parts = {
        "input_path": "afterInputPath", "parargs": arguments, "parameters": arguments,
        "result_selector": "afterResultSelector", "result_path": "afterResultPath",
        "item_selector": "afterItemSelector",
    }  # fmt: skip
    for attribute, label in parts.items():
        component = getattr(state, attribute, None)
        if component is not None:
            component._eval_body = _noting(component._eval_body, label, seen)
    if getattr(state, "retry", None):
        state._handle_retry = lambda env, failure_event: _probe(state, env, failure_event)


def _noting(evaluate: Any, label: str, seen: dict[str, str]) -> Any:
    def noted(env: Any) -> None:
        evaluate(env)
        if env.stack:
            seen[label] = to_json(env.stack[-1])

    return noted


def _probe(state: Any, env: Any, event: Any) -> Any:
    for retrier in state.retry.retriers:
        env.stack.append(event.error_name)
        retrier.error_equals.eval(env)
        if env.stack.pop() and retrier.max_attempts.attempts > 0:
            raise _Retriable(event)
    return CatchOutcome.NotCaught


def _evaluate(state: Any, env: Any, name: str) -> dict[str, Any]:
    env.next_state_name = name
    env.event_manager.add_event(env.event_history_context, HistoryEventType.ExecutionStarted, None)
    try:
        state.eval(env)
    except _Retriable as error:
        return {"status": "RETRIABLE", **_details(error.event)}
    except FailureEventException as error:
        return {"status": "FAILED", **dict(error.get_execution_failed_event_details() or {})}
    error_output = env.states._states_data.get("errorOutput")
    answer = {"status": "SUCCEEDED", "output": to_json(env.states.get_input())}
    if isinstance(env.program_state(), ProgramRunning) and env.next_state_name != name:
        answer["nextState"] = env.next_state_name
    caught = [catcher.next_decl.name for catcher in getattr(getattr(state, "catch", None), "catchers", [])]
    if answer.get("nextState") in caught and _failed(env, error_output):
        answer["status"] = "CAUGHT_ERROR"
        answer |= _last_failure(env)
    return answer


def _details(event: Any) -> dict[str, Any]:
    details: dict[str, Any] = next(iter(event.event_details.values()), {})
    return {key: details[key] for key in ("error", "cause") if key in details}


def _failed(env: Any, error_output: Any) -> bool:
    return error_output is not None or bool(_last_failure(env))


def _last_failure(env: Any) -> dict[str, Any]:
    for event in reversed(env.event_manager.events):
        if event["type"].endswith(("Failed", "TimedOut")):
            details: dict[str, Any] = next((v for k, v in event.items() if k.endswith("EventDetails")), {})
            return {key: details[key] for key in ("error", "cause") if key in details}
    return {}

"""The calls of Step Functions' API that MiniStack lacks or answers differently from AWS."""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import contextlib
import json
import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from localcloud.services.states import requests, validate
from localcloud.services.states.interpreter.check import refusal

_INPUT_LIMIT = 262_144


class Engine(Protocol):
    """What the API needs of the engine."""

    services: Any

    def stop(self, arn: str, error: str | None, cause: str | None) -> bool: ...
    def redrive(self, record: dict[str, Any]) -> None: ...
    def full(self) -> bool: ...


def install(sfn: Any, engine: Engine) -> None:
    api = Api(sfn, engine)
    sfn.error_response_json = _in_words_of_aws(sfn.error_response_json)
    sfn._validate_definition_jsonata = lambda definition: (
        refusal(definition) if isinstance(definition, str) else "no definition"
    )
    sfn._create_state_machine = api.create
    sfn._delete_state_machine = api.delete
    sfn._start_execution = api.start
    sfn._start_sync_execution = api.start_sync
    sfn._stop_execution = api.stop
    sfn._describe_execution = api.describe
    sfn._list_executions = api.list_executions
    sfn._create_activity = api.create_activity
    sfn._send_task_success = api.task_success
    sfn._send_task_failure = api.task_failure
    sfn._send_task_heartbeat = api.task_heartbeat
    sfn._get_activity_task = api.activity_task
    sfn._validate_state_machine_definition = api.validate
    sfn._test_state = api.test_state
    sfn.handle_request = api.handle_request


def _billed(told: dict[str, Any]) -> dict[str, int]:
    """AWS counts an express execution in pieces of 100 ms and of 64 MB."""
    began, ended = (datetime.fromisoformat(str(told[name])) for name in ("startDate", "stopDate"))
    pieces = math.ceil((ended - began).total_seconds() * 10)
    return {"billedDurationInMilliseconds": max(pieces, 1) * 100, "billedMemoryUsedInMB": 64}


_NOT_FOUND = re.compile(r"^(State machine|Execution|Activity) (\S+) not found$")

# How a fault of a definition begins: with its code.
_FAULT = re.compile(r"[A-Z_]+: ")


def _in_words_of_aws(refuse: Callable[..., Any]) -> Callable[..., Any]:
    def worded(code: str, message: str, *more: Any) -> Any:
        said = _NOT_FOUND.sub(lambda found: f"{found[1].title()} Does Not Exist: '{found[2]}'", message)
        if code == "InvalidDefinition" and _FAULT.match(message):
            said = f"Invalid State Machine Definition: '{message}'"
        return refuse(code, said, *more)

    return worded


class Api:
    """Answers in MiniStack's form: (status, headers, body)."""

    def __init__(self, sfn: Any, engine: Engine) -> None:
        self._sfn, self._engine = sfn, engine
        self._start, self._start_sync, self._stop = (
            sfn._start_execution,
            sfn._start_sync_execution,
            sfn._stop_execution,
        )
        self._describe, self._activity_task = sfn._describe_execution, sfn._get_activity_task
        self._handle, self._create = sfn.handle_request, sfn._create_state_machine
        self._delete = sfn._delete_state_machine
        self._list_executions, self._create_activity = sfn._list_executions, sfn._create_activity

    async def handle_request(self, method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        given = _read(body)
        refused = requests.refused(action, given)
        if refused:
            return self._refuse(*refused)
        if action == "RedriveExecution":
            return self._sfn._finalize_response(self.redrive(given))
        return await self._handle(method, path, headers, body, query)

    def _refuse(self, code: str, message: str) -> Any:
        return self._sfn.error_response_json(code, message, 400)

    def create(self, data: dict[str, Any]) -> Any:
        if data.get("type") == "EXPRESS":
            problems = validate.problems_of_express(data.get("definition", ""))
            if problems:
                return self._refuse("InvalidDefinition", f"SCHEMA_VALIDATION_FAILED: {'; '.join(problems)}")
        return self._create(data)

    def delete(self, data: dict[str, Any]) -> Any:
        """A machine that does not exist is as good as deleted."""
        if data.get("stateMachineArn") not in self._sfn._state_machines:
            return self._sfn.json_response({})
        return self._delete(data)

    def start(self, data: dict[str, Any]) -> Any:
        name, text = data.get("name"), data.get("input", "{}")
        refused = _refused_start(name, text)
        if refused:
            return self._refuse(*refused)
        if self._engine.full():
            return self._refuse(
                "ExecutionLimitExceeded", "The maximum number of running executions has been reached"
            )
        machine = self._sfn._resolve_state_machine_arn(data.get("stateMachineArn", "").split("#")[0])
        arn = f"{machine}:{name}".replace(":stateMachine:", ":execution:") if machine and name else ""
        known = self._sfn._executions.get(arn)
        if known and known["status"] == "RUNNING" and known["input"] == text:
            return self._sfn.json_response({"executionArn": arn, "startDate": known["startDate"]})
        return self._start(data)

    def start_sync(self, data: dict[str, Any]) -> Any:
        refused = _refused_start(data.get("name"), data.get("input", "{}"))
        if refused:
            return self._refuse(*refused)
        machine = self._sfn._state_machines.get(data.get("stateMachineArn", ""))
        if machine is not None and machine.get("type", "STANDARD") != "EXPRESS":
            return self._refuse(
                "StateMachineTypeNotSupported",
                "This operation is not supported by this type of state machine",
            )
        answer = self._start_sync(data)
        told = json.loads(answer[2])
        if answer[0] != 200:
            return answer
        if told["status"] != "SUCCEEDED":
            told.pop("output", None)
        return self._sfn.json_response({**told, "billingDetails": _billed(told)})

    def stop(self, data: dict[str, Any]) -> Any:
        arn = data.get("executionArn", "")
        if self._engine.stop(arn, data.get("error"), data.get("cause")):
            return self._sfn.json_response({"stopDate": self._sfn._executions[arn]["stopDate"]})
        return self._stop(data)

    def describe(self, data: dict[str, Any]) -> Any:
        answer = self._describe(data)
        record = self._sfn._executions.get(data.get("executionArn"))
        if record is None:
            return answer
        redrivable = record["status"] in ("FAILED", "ABORTED", "TIMED_OUT") and not record.get("mapRunArn")
        more = {
            "redriveCount": record.get("redriveCount", 0),
            "redriveStatus": "REDRIVABLE" if redrivable else "NOT_REDRIVABLE",
            **({"redriveDate": record["redriveDate"]} if record.get("redriveDate") else {}),
        }
        if not redrivable:
            more["redriveStatusReason"] = f"Execution is {record['status']} and cannot be redriven"
        told = {key: value for key, value in json.loads(answer[2]).items() if value is not None}
        if "output" not in told:
            told.pop("outputDetails", None)
        return self._sfn.json_response(told | more)

    def list_executions(self, data: dict[str, Any]) -> Any:
        arn = data.get("stateMachineArn")
        if arn and self._sfn._resolve_state_machine_arn(arn) is None:
            return self._refuse("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
        return self._list_executions(data)

    def create_activity(self, data: dict[str, Any]) -> Any:
        """An activity that exists is as good as made."""
        known = [item for item in self._sfn._activities.values() if item["name"] == data.get("name")]
        if known:
            return self._sfn.json_response({name: known[0][name] for name in ("activityArn", "creationDate")})
        return self._create_activity(data)

    def redrive(self, data: dict[str, Any]) -> Any:
        record = self._sfn._executions.get(data.get("executionArn"))
        if record is None:
            return self._refuse(
                "ExecutionDoesNotExist", f"Execution Does Not Exist: '{data.get('executionArn')}'"
            )
        if record["status"] not in ("FAILED", "ABORTED", "TIMED_OUT"):
            return self._refuse(
                "ExecutionNotRedrivable", f"Execution is {record['status']} and cannot be redriven"
            )
        if record["stateMachineArn"] not in self._sfn._state_machines:
            return self._refuse(
                "ExecutionNotRedrivable", "The state machine of the execution does not exist any more"
            )
        self._engine.redrive(record)
        return self._sfn.json_response({"redriveDate": record["redriveDate"]})

    def task_success(self, data: dict[str, Any]) -> Any:
        from localcloud.services.states.interpreter import tokens

        if not tokens.known(data.get("taskToken", "")):
            return self._refuse("InvalidToken", "Invalid Token: 'Invalid token'")
        try:
            json.loads(data.get("output", ""))
        except ValueError:
            return self._refuse("InvalidOutput", "Invalid Output: 'The output is not JSON'")
        return self._token(lambda token: tokens.succeed(token, data["output"]), data)

    def task_failure(self, data: dict[str, Any]) -> Any:
        from localcloud.services.states.interpreter import tokens

        return self._token(lambda token: tokens.fail(token, data.get("error"), data.get("cause")), data)

    def task_heartbeat(self, data: dict[str, Any]) -> Any:
        from localcloud.services.states.interpreter import tokens

        return self._token(tokens.heartbeat, data)

    def _token(self, send: Any, data: dict[str, Any]) -> Any:
        from localcloud.services.states.interpreter import tokens

        try:
            send(data.get("taskToken", ""))
        except tokens.UnknownToken:
            return self._refuse("InvalidToken", "Invalid Token: 'Invalid token'")
        except tokens.TokenExpired:
            return self._refuse("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
        return self._sfn.json_response({})

    async def activity_task(self, data: dict[str, Any]) -> Any:
        from localcloud.services.states.interpreter import tokens

        answer = await self._activity_task(data)
        token = json.loads(answer[2] or b"{}").get("taskToken")
        if token:
            with contextlib.suppress(tokens.UnknownToken, tokens.TokenExpired):
                tokens.start_activity(token, data.get("workerName"))
        return answer

    def validate(self, data: dict[str, Any]) -> Any:
        text = data.get("definition", "")
        problems = validate.problems_of_text(text)
        if not problems and data.get("type") == "EXPRESS":
            problems = validate.problems_of_express(text)
        if not problems:
            reason = refusal(text)
            problems = [reason] if reason else []
        diagnostics = [
            {"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": text} for text in problems
        ]
        most = data.get("maxResults") or 100
        return self._sfn.json_response(
            {
                "result": "FAIL" if problems else "OK",
                "diagnostics": diagnostics[:most],
                "truncated": len(diagnostics) > most,
            }
        )

    def test_state(self, data: dict[str, Any]) -> Any:
        from localcloud.services.states.interpreter import single

        try:
            return self._sfn.json_response(single.test(data, self._engine.services))
        except single.Unusable as error:
            return self._refuse(error.code, str(error))


def _read(body: bytes) -> dict[str, Any]:
    """A request's members; of one that is no JSON, which MiniStack refuses, none."""
    try:
        given = json.loads(body or b"{}")
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}


def _refused_start(name: str | None, text: str) -> tuple[str, str] | None:
    refused = requests.refused_name(name)
    if refused:
        return refused
    if len(text.encode()) > _INPUT_LIMIT:
        return "InvalidExecutionInput", f"The input is over {_INPUT_LIMIT} bytes"
    try:
        json.loads(text)
    except ValueError as error:
        return "InvalidExecutionInput", f"Invalid State Machine Execution Input: {error}"
    return None

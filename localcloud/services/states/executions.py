"""Executions as the API sees them: started, stopped, described, redriven."""

from __future__ import annotations

import math
import uuid
from datetime import datetime
from typing import Any

from localcloud.api.errors import ApiError
from localcloud.ministack.stepfunctions.store import Members, Store
from localcloud.services.states.engine import Engine
from localcloud.services.states.requests import check_start

_REDRIVABLE = ("FAILED", "ABORTED", "TIMED_OUT")
_DESCRIBED = (
    "executionArn", "stateMachineArn", "name", "status", "startDate", "stopDate", "input", "inputDetails",
    "output", "error", "cause", "mapRunArn", "redriveDate",
)  # fmt: skip
_WHOLE = {"included": True}


class Executions:
    """The records are MiniStack's, what runs is the engine's."""

    def __init__(self, store: Store, engine: Engine) -> None:
        self._store, self._engine = store, engine

    def start(self, data: Members) -> Members:
        name, text = data.get("name"), data.get("input", "{}")
        check_start(name, text)
        if self._engine.full():
            message = "The maximum number of running executions has been reached"
            raise ApiError("ExecutionLimitExceeded", message)
        asked = _machine_asked_for(data)
        machine = self._store.base_machine(asked)
        if machine is None:
            raise _no_machine(asked)
        arn = self._store.execution_arn(machine, name or str(uuid.uuid4()))
        record = self._store.executions.get(arn)
        if record is None:
            record = self._record(arn, machine, text)
            record["encryptionConfiguration"] = self._store.encryption(asked, machine)
            self._engine.start(record)
        elif record["status"] != "RUNNING" or record["input"] != text:
            raise ApiError("ExecutionAlreadyExists", f"Execution already exists: '{arn}'")
        return {"executionArn": arn, "startDate": record["startDate"]}

    def start_sync(self, data: Members) -> Members:
        """Run an express machine to its end."""
        name, text = data.get("name"), data.get("input", "{}")
        check_start(name, text)
        machine = self._store.machines.get(_machine_asked_for(data))
        if machine is None:
            raise _no_machine(_machine_asked_for(data))
        if machine.get("type", "STANDARD") != "EXPRESS":
            message = "This operation is not supported by this type of state machine"
            raise ApiError("StateMachineTypeNotSupported", message)
        record = self._record(self._store.execution_arn(machine, name or str(uuid.uuid4())), machine, text)
        # Who waits for it will not ask again after the end of the process.
        record["sync"] = True
        self._engine.run(record)
        record = self._store.executions[record["executionArn"]]
        # One that the end of the cloud cuts off has no end of its own.
        return _ended({**record, "stopDate": record["stopDate"] or self._store.now()})

    def _record(self, arn: str, machine: Members, text: str) -> Members:
        """A new execution's, known from now on."""
        now = self._store.now()
        started = {"input": text, "roleArn": machine["roleArn"]}
        begun = {"id": 1, "type": "ExecutionStarted", "timestamp": now}
        record = {
            "executionArn": arn, "stateMachineArn": machine["stateMachineArn"],
            "name": arn.rpartition(":")[2], "status": "RUNNING", "startDate": now, "stopDate": None,
            "input": text, "inputDetails": _WHOLE, "output": None, "outputDetails": _WHOLE,
            "events": [{**begun, "executionStartedEventDetails": started}],
        }  # fmt: skip
        self._store.executions[arn] = record
        return record

    def stop(self, data: Members) -> Members:
        record = self._found(data)
        stopped = self._engine.stop(record, data.get("error"), data.get("cause"))
        # A client that has not had the answer to its first request may send another.
        if not stopped and record["status"] != "ABORTED":
            raise ApiError("ValidationException", "Execution is not running")
        return {"stopDate": record["stopDate"]}

    def describe(self, data: Members) -> Members:
        record = self._found(data)
        found = {name: record[name] for name in _DESCRIBED if record.get(name) not in (None, "")}
        if "output" in found:
            found["outputDetails"] = record.get("outputDetails", _WHOLE)
        found["redriveCount"] = record.get("redriveCount", 0)
        if record["status"] in _REDRIVABLE and not record.get("mapRunArn"):
            return {**found, "redriveStatus": "REDRIVABLE"}
        reason = f"Execution is {record['status']} and cannot be redriven"
        return {**found, "redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason}

    def listed(self, data: Members) -> Members:
        arn = data.get("stateMachineArn")
        if arn and self._store.base_machine(arn) is None:
            raise _no_machine(arn)
        return self._store.list_executions(data)

    def redrive(self, data: Members) -> Members:
        record = self._found(data)
        reason = None
        if record["status"] not in _REDRIVABLE:
            reason = f"Execution is {record['status']} and cannot be redriven"
        elif record["stateMachineArn"] not in self._store.machines:
            reason = "The state machine of the execution does not exist any more"
        if reason is not None:
            raise ApiError("ExecutionNotRedrivable", reason)
        self._engine.redrive(record)
        return {"redriveDate": record["redriveDate"]}

    def test_state(self, data: Members) -> Members:
        from localcloud.services.states.interpreter import single

        try:
            return single.test(data, self._engine.services)
        except single.Unusable as error:
            raise ApiError(error.code, str(error)) from error

    def _found(self, data: Members) -> Members:
        arn = data.get("executionArn")
        record: Members | None = self._store.executions.get(arn)
        if record is None:
            raise ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        return record


def _machine_asked_for(data: Members) -> str:
    """The ARN without the name of a test case, which Step Functions Local lets follow it."""
    return str(data.get("stateMachineArn", "")).partition("#")[0]


def _no_machine(arn: str) -> ApiError:
    return ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")


def _ended(record: Members) -> Members:
    """How a synchronous execution has ended."""
    succeeded, failed = (record["status"] == status for status in ("SUCCEEDED", "FAILED"))
    names = ("executionArn", "stateMachineArn", "name", "startDate", "stopDate", "status", "input")
    ended: dict[str, Any] = {
        **{name: record[name] for name in names},
        "inputDetails": _WHOLE,
        "outputDetails": _WHOLE,
        "billingDetails": _billed(record),
    }
    if succeeded:
        ended["output"] = record["output"]
    if failed:
        ended |= {name: record.get(name) or "" for name in ("error", "cause")}
    return ended


def _billed(record: Members) -> dict[str, int]:
    """AWS counts an express execution in pieces of 100 ms and of 64 MB."""
    began, stopped = (datetime.fromisoformat(str(record[name])) for name in ("startDate", "stopDate"))
    pieces = math.ceil((stopped - began).total_seconds() * 10)
    return {"billedDurationInMilliseconds": max(pieces, 1) * 100, "billedMemoryUsedInMB": 64}

"""Step Functions: which operation is answered by whom.

What this cloud has itself stands in one table, by the operation's name; whatever is not in it is MiniStack's.
Each handler is given the request's members and returns the answer's, or raises ApiError. `rebound` tells
MiniStack to call this service where it would call its own.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from localcloud.api.errors import ApiError
from localcloud.ministack.stepfunctions import rebound
from localcloud.ministack.stepfunctions.store import Answer, Members, Store, apart
from localcloud.services.states import requests
from localcloud.services.states.callbacks import Callbacks
from localcloud.services.states.durable import Keep, Resumption
from localcloud.services.states.engine import Engine
from localcloud.services.states.executions import Executions
from localcloud.services.states.interpreter.check import refusal
from localcloud.services.states.machines import Machines, Roles

Operation = Callable[[Members], Awaitable[Members]]
_WARM_AFTER_SECONDS = 1.0


class StepFunctions:
    """The service of one cloud. `install()` it before the first request, `start()` it when the endpoint
    answers."""

    def __init__(self, store: Store, engine: Engine, keep: Keep, roles: Roles | None = None) -> None:
        self._store, self._keep, self._resumption = store, keep, Resumption(store, engine, keep)
        self._machines = Machines(store, roles)
        self._executions = executions = Executions(store, engine)
        machines, callbacks = self._machines, Callbacks(store)
        self._operations: dict[str, Operation] = {
            "CreateStateMachine": _at_once(machines.create),
            "UpdateStateMachine": _at_once(machines.update),
            "DeleteStateMachine": _at_once(machines.delete),
            "ValidateStateMachineDefinition": _at_once(machines.validate),
            "StartExecution": _at_once(executions.start),
            "StartSyncExecution": apart(executions.start_sync),
            "StopExecution": _at_once(executions.stop),
            "DescribeExecution": _at_once(executions.describe),
            "ListExecutions": _at_once(executions.listed),
            "RedriveExecution": _at_once(executions.redrive),
            "TestState": apart(executions.test_state),
            "CreateActivity": _at_once(callbacks.create_activity),
            "GetActivityTask": callbacks.activity_task,
            "SendTaskSuccess": _at_once(callbacks.succeed),
            "SendTaskFailure": _at_once(callbacks.fail),
            "SendTaskHeartbeat": _at_once(callbacks.heartbeat),
        }

    def install(self) -> None:
        rebound.install(self)

    def start(self) -> None:
        """Go on with what the last process was killed in. Importing the interpreter takes a second, which
        nobody should wait for: not the start, and not the first execution."""
        self._resumption.start()
        warming = threading.Timer(_WARM_AFTER_SECONDS, _warm)
        warming.daemon = True
        warming.start()

    def stop(self) -> None:
        self._keep.stop()

    async def handle_request(self, method: str, path: str, headers: Any, body: bytes, query: Any) -> Answer:
        action = str(headers.get("x-amz-target", "")).rpartition(".")[2]
        given = _members(body)
        operation = self._operations.get(action)
        try:
            requests.check(action, given or {})
            if operation is not None and given is not None:
                return self._store.answer(await operation(given))
        except ApiError as error:
            return self._store.refusal(error)
        return self._store.worded(await self._store.handle_request(method, path, headers, body, query))

    # What MiniStack calls past the door.

    def start_execution(self, data: Members) -> Answer:
        return self._answered(self._executions.start, data)

    def update_machine(self, data: Members) -> Answer:
        return self._answered(self._machines.update, data)

    def machine_made(self, arn: str) -> None:
        self._machines.check_made(arn)

    def refused_definition(self, definition: Any) -> str | None:
        return refusal(definition) if isinstance(definition, str) else "no definition"

    def load(self, data: Any) -> None:
        self._store.load(data)
        self._keep.restore()

    def _answered(self, handler: Callable[[Members], Members], data: Members) -> Answer:
        try:
            return self._store.answer(handler(data))
        except ApiError as error:
            return self._store.refusal(error)


def _at_once(handler: Callable[[Members], Members]) -> Operation:
    """A handler that is done in no time, and so may hold up the event loop."""

    async def operation(data: Members) -> Members:
        return handler(data)

    return operation


def _members(body: bytes) -> Members | None:
    """A request's members; None of one that is not JSON, which MiniStack refuses."""
    try:
        given = json.loads(body or b"{}")
    except ValueError:
        return None
    return given if isinstance(given, dict) else None


def _warm() -> None:
    from localcloud.services.states.interpreter import program

    program.install()

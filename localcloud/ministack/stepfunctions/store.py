"""MiniStack's Step Functions as our service uses it: the records, and the operations that it has already.

MiniStack keeps what it is good at: the wire's form, state machines, versions, aliases, tags, and the lists of
all of them. Its handlers are taken when the store is made, before anything is put in their place. Their
refusals come out as AWS words them.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import copy
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from localcloud.api.errors import ApiError

Answer = tuple[int, dict[str, str], bytes]
Members = dict[str, Any]

_NOT_FOUND = re.compile(r"^(State machine|Execution|Activity) (\S+) not found$")
# How a fault of a definition begins: with its code.
_FAULT = re.compile(r"[A-Z_]+: ")


class Store:
    """The records of the account and the region for which the caller acts."""

    def __init__(self) -> None:
        from ministack.services import stepfunctions as sfn

        self._sfn = sfn
        self.machines, self.executions = sfn._state_machines, sfn._executions
        self.activities, self.map_runs = sfn._activities, sfn._map_runs
        self.handle_request = sfn.handle_request
        self.create_machine = _called(sfn._create_state_machine)
        self.update_machine = _called(sfn._update_state_machine)
        self.delete_machine = _called(sfn._delete_state_machine)
        self.list_executions = _called(sfn._list_executions)
        self.create_activity = _called(sfn._create_activity)
        self.load = sfn.load_persisted_state

    async def activity_task(self, data: Members) -> Members:
        return _content(await self._sfn._get_activity_task(data))

    def base_machine(self, arn: str) -> Members | None:
        """The state machine that the ARN is of: its own, or that of a version or an alias."""
        base = self._sfn._resolve_state_machine_arn(arn)
        return self.machines.get(base) if base else None

    def encryption(self, arn: str, machine: Members) -> Members:
        """By which key an execution is encrypted that is started by the ARN of a machine or its version."""
        version = self._sfn._state_machine_versions.get(self._sfn._execution_version_arn(arn))
        known = (version or machine).get("encryptionConfiguration")
        return copy.deepcopy(known or self._sfn._default_encryption())

    def execution_arn(self, machine: Members, name: str) -> str:
        return f"{machine['stateMachineArn'].replace(':stateMachine:', ':execution:')}:{name}"

    def add_activity_task(self, arn: str, task: dict[str, str]) -> None:
        self._sfn._activity_tasks.setdefault(arn, []).append(task)

    def publish_status(self, record: Members) -> None:
        """Tell EventBridge how the execution stands."""
        self._sfn._emit_execution_status_event(record)

    def now(self) -> str:
        return str(self._sfn.now_iso())

    def answer(self, content: Members) -> Answer:
        return self._sfn._finalize_response(self._sfn.json_response(content))  # type: ignore[no-any-return]

    def refusal(self, error: ApiError) -> Answer:
        return self._sfn.error_response_json(error.code, error.message, error.status)  # type: ignore[no-any-return]

    def worded(self, answer: Answer) -> Answer:
        """An answer of MiniStack's, refusing as AWS words it."""
        return answer if answer[0] < 400 else self.refusal(_error(answer))


def apart(handler: Callable[[Members], Members]) -> Callable[[Members], Awaitable[Members]]:
    """A handler that takes its time and asks this endpoint meanwhile: in a thread of its own."""

    async def operation(data: Members) -> Members:
        from ministack.core.concurrency import run_reentrant

        return await run_reentrant(handler, data, thread_name="localcloud-states")  # type: ignore[no-any-return]

    return operation


def _called(handler: Callable[[Members], Answer]) -> Callable[[Members], Members]:
    """A handler of MiniStack's as a function: its answer's content, or ApiError."""
    return lambda data: _content(handler(data))


def _content(answer: Answer) -> Members:
    if answer[0] >= 400:
        raise _error(answer)
    return json.loads(answer[2] or b"{}")  # type: ignore[no-any-return]


def _error(answer: Answer) -> ApiError:
    refused = json.loads(answer[2])
    code, message = str(refused["__type"]), str(refused["message"])
    message = _NOT_FOUND.sub(lambda found: f"{found[1].title()} Does Not Exist: '{found[2]}'", message)
    if code == "InvalidDefinition" and _FAULT.match(message):
        message = f"Invalid State Machine Definition: '{message}'"
    return ApiError(code, message, answer[0])

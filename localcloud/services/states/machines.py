"""State machines: which definitions and roles they can have. Their records are MiniStack's."""

from __future__ import annotations

from typing import Any, Protocol

from localcloud.api.errors import ApiError
from localcloud.ministack.stepfunctions.store import Members, Store
from localcloud.services.states import validate
from localcloud.services.states.interpreter.check import refusal

_MOST_DIAGNOSTICS = 100


class Roles(Protocol):
    """Whose role a machine can have."""

    def check(self, role: str, definition: str, logging: Any) -> None:
        """Raise ApiError where the role lacks what making the machine needs."""


class Machines:
    """Without roles, every machine may have every role."""

    def __init__(self, store: Store, roles: Roles | None) -> None:
        self._store, self._roles = store, roles

    def create(self, data: Members) -> Members:
        """Faults of the definition are told before the role's, so MiniStack makes the machine first."""
        if data.get("type") == "EXPRESS":
            _check_express(str(data.get("definition", "")))
        before = set(self._store.machines)
        made = self._store.create_machine(data)
        if made["stateMachineArn"] not in before:
            self._check_or_remove(made["stateMachineArn"], data)
        return made

    def update(self, data: Members) -> Members:
        self._check_role(data)
        return self._store.update_machine(data)

    def delete(self, data: Members) -> Members:
        """A machine that does not exist is as good as deleted."""
        if data.get("stateMachineArn") not in self._store.machines:
            return {}
        return self._store.delete_machine(data)

    def check_made(self, arn: str) -> None:
        """A machine that CloudFormation has made; raises ValueError with the reason for the stack's event."""
        try:
            self._check_or_remove(arn, self._store.machines[arn])
        except ApiError as error:
            raise ValueError(error.message) from error

    def validate(self, data: Members) -> Members:
        text = str(data.get("definition", ""))
        problems = validate.problems_of_text(text)
        if not problems and data.get("type") == "EXPRESS":
            problems = validate.problems_of_express(text)
        if not problems and (reason := refusal(text)):
            problems = [reason]
        most = data.get("maxResults") or _MOST_DIAGNOSTICS
        found = [
            {"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": problem}
            for problem in problems[:most]
        ]
        return {
            "result": "FAIL" if problems else "OK",
            "diagnostics": found,
            "truncated": len(problems) > most,
        }

    def _check_or_remove(self, arn: str, data: Members) -> None:
        try:
            self._check_role(data)
        except ApiError:
            self._store.delete_machine({"stateMachineArn": arn})
            raise

    def _check_role(self, data: Members) -> None:
        if self._roles is None:
            return
        role, definition = str(data.get("roleArn") or ""), str(data.get("definition") or "")
        self._roles.check(role, definition, data.get("loggingConfiguration"))


def _check_express(definition: str) -> None:
    problems = validate.problems_of_express(definition)
    if problems:
        text = f"SCHEMA_VALIDATION_FAILED: {'; '.join(problems)}"
        raise ApiError("InvalidDefinition", f"Invalid State Machine Definition: '{text}'")

"""The history of an execution: AWS's events, in order, closed by one terminal event."""

# ruff: noqa: SLF001 - private names of moto are what this package is about

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from localcloud.services.states.interpreter.seam import EventHistoryContext, EventManager, VariableStore

# AWS ends an execution whose history would grow over this.
MOST_EVENTS = 25_000
MOST_BYTES = 262_144


def now() -> str:
    return iso(datetime.now(UTC))


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def seconds_since(moment: str) -> float:
    """How long ago a moment was that was written as ISO 8601."""
    then = datetime.fromisoformat(moment)
    return (datetime.now(UTC) - (then if then.tzinfo else then.replace(tzinfo=UTC))).total_seconds()


def to_json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), default=_odd)


def fits(value: Any) -> bool:
    """Whether data, or JSON text, is of a size that AWS passes on between states."""
    text = (
        value
        if isinstance(value, str)
        else json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=_odd)
    )
    return len(text.encode("utf-8", "surrogatepass")) <= MOST_BYTES


def _odd(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    return value.isoformat() if isinstance(value, date) else str(value)


class Full(Exception):
    """The history holds as many events as AWS allows."""


class History(EventManager):  # type: ignore[misc]
    """Takes events until it is closed. What a task still does after an abort is not part of the history."""

    def __init__(self, events: list[dict[str, Any]] | None = None) -> None:
        super().__init__(cloud_watch_logging_session=None)
        self._history_event_list.extend(events or [])
        self._event_id_gen._next_id = len(self._history_event_list) + 1
        self._closed = False
        # Told of every event's type, once the event is in the list.
        self.listener: Callable[[str], None] | None = None
        # Events of a state that is entered again, which stand here already: they are not written twice.
        self.standing: list[dict[str, Any]] = []

    def add_event(
        self, context: Any, event_type: Any, event_details: Any = None, timestamp: Any = None,
        update_source_event_id: bool = True,
    ) -> int:  # fmt: skip
        if self._closed:
            return 0
        kind = str(getattr(event_type, "value", event_type))
        if self.standing:
            known = self.standing.pop(0)
            if known["type"] == kind:
                context.source_event_id = context.last_published_event_id = number = int(known["id"])
                _stand(context, kind, number, int(known["previousEventId"]))
                return number
            self.standing = []
        if len(self._history_event_list) >= MOST_EVENTS - 1:
            raise Full
        before = context.source_event_id
        number = self._add(context, event_type, event_details, timestamp, update_source_event_id)
        _stand(context, kind, number, before)
        return number

    @staticmethod
    def _create_history_event(
        event_id: int, source_event_id: int, event_type: Any, timestamp: Any, event_details: Any
    ) -> dict[str, Any]:
        kind = getattr(event_type, "value", event_type)
        head = {"id": event_id, "previousEventId": source_event_id, "type": kind, "timestamp": timestamp}
        for details in (event_details or {}).values():
            if "taskCredentials" in details:  # a role knows its services; in a history it is its ARN
                details["taskCredentials"] = {"roleArn": str(details["taskCredentials"]["roleArn"])}
        return {**head, **(event_details or {})}

    def close(self, context: Any, event_type: Any, event_details: Any) -> None:
        """The terminal event; nothing comes after it."""
        if not self._closed:
            self._closed = True
            self._add(context, event_type, event_details, None, True)

    def _add(self, context: Any, event_type: Any, details: Any, timestamp: Any, update: bool) -> int:
        number: int = super().add_event(context, event_type, details, timestamp, update)
        if self.listener is not None:
            self.listener(str(getattr(event_type, "value", event_type)))
        return number

    def last_entered(self, machine: Any) -> tuple[str, Any]:
        """The top-level state that the execution was in last, and its input."""
        for event in reversed(self._history_event_list):
            details = event.get("stateEnteredEventDetails")
            if details and details["name"] in machine.states.states:
                return details["name"], json.loads(details["input"])
        return machine.start_at.start_at_name, json.loads(
            self._history_event_list[0]["executionStartedEventDetails"]["input"]
        )

    def assigned(self, machine: Any) -> dict[str, Any]:
        """The variables that the top-level states have assigned."""
        found: dict[str, Any] = {}
        for event in self._history_event_list:
            details = event.get("stateExitedEventDetails") or {}
            if details.get("name") in machine.states.states:
                found |= {
                    name: json.loads(text) for name, text in details.get("assignedVariables", {}).items()
                }
        return found

    @property
    def events(self) -> list[dict[str, Any]]:
        """The live list; its events are not changed any more once they are in it."""
        return self._history_event_list  # type: ignore[no-any-return]


def _stand(context: Any, kind: str, number: int, before: int) -> None:
    """Note in which state a frame stands: the kind of the state, its entry, and what the entry followed."""
    if kind.endswith("StateEntered"):
        context.inside, context.entered, context.before = kind.removesuffix("Entered"), number, before
    elif kind.endswith("StateExited"):
        context.inside = None


def start_context(previous: int = 0) -> Any:
    return EventHistoryContext(previous_event_id=previous)


class Variables(VariableStore):  # type: ignore[misc]
    """moto's scopes of variables, shown in the history as JSON. No state sees what it assigns itself."""

    _seen: dict[str, Any] | None = None

    @property
    def seen(self) -> dict[str, Any]:
        """What the state sees: its own scope's variables over those of the scopes around it."""
        return {**self._outer_scope, **self._inner_scope} if self._seen is None else self._seen

    def enter(self) -> None:
        """A state begins."""
        self._seen = None
        self._seen = self.seen

    def get_assigned_variables(self) -> dict[str, str]:
        return {name: to_json(self.get(name)) for name in sorted(self._declaration_tracing)}


def state_data(EnteredTime: str, Name: str) -> dict[str, Any]:  # noqa: ARG001, N803 - moto calls it with these names
    """The context object's `State`, with AWS's form of the time."""
    return {"EnteredTime": now(), "Name": Name}

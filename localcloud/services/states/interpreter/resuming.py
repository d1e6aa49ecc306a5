"""Where an execution stood when its cloud was killed, read from what is kept of it.

What is kept is the history, and after each state the name of the next. From it follows at which state to go
on and with what input. A state that was in progress is entered again, without a second event of it; its task
is asked for again, except that a task whose job or execution had been submitted waits for that one instead
of starting another.

What is not kept is how often a state had been retried, and how far a Map or a Parallel had come: their parts
are done again.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_ENDS = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}
_OVER = ("TaskSucceeded", "TaskFailed", "TaskTimedOut")
# Before these are followed by anything they must be on the disk: a task is about to be asked for, or has
# answered.
DURABLE = (
    "TaskScheduled",
    "TaskSubmitted",
    "LambdaFunctionScheduled",
    "LambdaFunctionSucceeded",
    *_OVER,
)


@dataclass(frozen=True)
class Standing:
    """At which state to go on. `entered` is the event of its entry, where it was in progress."""

    state: str
    input: Any
    entered: dict[str, Any] | None


def ended(events: list[dict[str, Any]]) -> tuple[str, dict[str, Any]] | None:
    """The status and the details of the event that closed the history, if one has."""
    last = events[-1] if events else {}
    status = _ENDS.get(str(last.get("type")))
    if status is None:
        return None
    return status, next((value for name, value in last.items() if name.endswith("EventDetails")), {})


def standing(events: list[dict[str, Any]], machine: Any, following: str | None) -> Standing:
    """`following` is the state that was to come after the last one that was left."""
    states = machine.states.states
    for event in reversed(events):
        entered, left = event.get("stateEnteredEventDetails"), event.get("stateExitedEventDetails")
        if entered and entered["name"] in states:
            return Standing(entered["name"], json.loads(entered["input"]), event)
        if left and left["name"] in states and following in states:
            return Standing(str(following), json.loads(left["output"]), None)
    given = events[0]["executionStartedEventDetails"]["input"] if events else "{}"
    return Standing(machine.start_at.start_at_name, json.loads(given), None)


@dataclass(frozen=True)
class Asked:
    """A task that was asked for. `answer` is None where the process was killed before it was there."""

    resource: tuple[str, str]
    parameters: str
    answer: Any


class Submitted:
    """What the tasks of a state had asked for; each is taken once.

    `answered` says that tasks with a result count too: those of a Map or a Parallel, which are done again.
    `token` is the last that was handed out.
    """

    def __init__(self, events: list[dict[str, Any]], token: str | None, *, answered: bool) -> None:
        self.token = token
        self._lock = threading.Lock()
        self._after: dict[int, dict[str, Any]] = {}
        for event in events:
            self._after.setdefault(event["previousEventId"], event)
        last = events[-1]["id"] if events else 0
        tasks = [self._task(event) for event in events if event["type"] == "TaskScheduled"]
        self._asked = [asked for asked, end in tasks if end is None or answered or end == last]

    def _task(self, scheduled: dict[str, Any]) -> tuple[Asked, int | None]:
        """A task, and the id of its last event if it has ended."""
        about, answer, end = scheduled["taskScheduledEventDetails"], None, None
        event = self._after.get(scheduled["id"])
        while event is not None and event["type"].startswith("Task") and end is None:
            if event["type"] == "TaskSubmitted":
                answer = json.loads(event["taskSubmittedEventDetails"]["output"])
            if event["type"] in _OVER:
                end = event["id"]
            event = self._after.get(event["id"])
        return Asked((about["resourceType"], about["resource"]), about["parameters"], answer), end

    def take(self, resource: tuple[str, str], same: Callable[[str], bool]) -> Asked | None:
        """The first task of that resource whose parameters are the same."""
        with self._lock:
            for asked in self._asked:
                if asked.resource == resource and same(asked.parameters):
                    self._asked.remove(asked)
                    return asked
        return None


def last_attempt(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events of a task's attempt that has not failed."""
    attempt: list[dict[str, Any]] = []
    for event in events:
        if event["type"] in ("TaskScheduled", "LambdaFunctionScheduled"):
            attempt = []
        attempt.append(event)
    failed = any(event["type"].endswith(("Failed", "TimedOut")) for event in attempt)
    return [] if failed else attempt

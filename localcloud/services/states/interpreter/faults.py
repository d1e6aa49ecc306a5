"""Failures of states, as moto's components raise them, and which of them a Retry or a Catch matches.

AWS documents: States.ALL matches every error but States.Runtime and States.DataLimitExceeded;
States.TaskFailed matches every error of a task but States.Timeout; a missed heartbeat is a
States.Timeout that can also be caught as States.HeartbeatTimeout. Executions recorded on AWS show one
exception: States.ALL does catch the States.DataLimitExceeded of a task whose result is too large.
"""

from __future__ import annotations

from typing import Any

from localcloud.services.states.interpreter.seam import (
    ErrorName,
    FailureEvent,
    FailureEventException,
    HeartbeatTimeoutError,
    HistoryEventType,
)

RUNTIME, TIMEOUT, HEARTBEAT = "States.Runtime", "States.Timeout", "States.HeartbeatTimeout"
QUERY, TASK_FAILED, TOO_LARGE = "States.QueryEvaluationError", "States.TaskFailed", "States.DataLimitExceeded"
INTRINSIC = "States.IntrinsicFailure"
_UNCATCHABLE = {RUNTIME, TOO_LARGE}


def failure(
    env: Any,
    error: str | None,
    cause: str | None,
    *,
    event: Any = None,
    details: str = "taskFailedEventDetails",
) -> Any:
    """An exception that fails the state; `event` is what is written into the history, by default
    TaskFailed.
    """
    return FailureEventException(
        FailureEvent(
            env=env,
            error_name=None if error is None else ErrorName(error),
            event_type=event or HistoryEventType.TaskFailed,
            event_details={details: {k: v for k, v in (("error", error), ("cause", cause)) if v is not None}},
        )
    )


def runtime_failure(env: Any, cause: str) -> Any:
    """A fault of the state itself: it ends the execution, and the history has only ExecutionFailed of it."""
    error = failure(
        env, RUNTIME, cause, event=HistoryEventType.ExecutionFailed, details="executionFailedEventDetails"
    )
    error.failure_event.of_state = True
    return error


def failure_inside(env: Any, error: dict[str, Any], event: Any) -> Any:
    """The failure of a program inside a state, whose cause says already where it arose."""
    given = error.get("error"), error.get("cause")
    found = failure(env, *given, event=event, details="executionFailedEventDetails")
    found.failure_event.inside = True
    return found


class Failed(FailureEventException):  # type: ignore[misc]
    """A failure that leaves its state. moto would put before a described cause once more where it arose."""

    def get_execution_failed_event_details(self) -> Any:
        details: dict[str, Any] = next(iter((self.failure_event.event_details or {}).values()), {})
        if "state" in details or getattr(self.failure_event, "inside", False):
            return {key: details[key] for key in ("error", "cause") if key in details}
        return super().get_execution_failed_event_details()


class EvaluationFailure(Failed):
    """A JSONata expression failed; the history says so in an EvaluationFailed event."""

    def __init__(self, env: Any, cause: str, location: str) -> None:
        details = {"error": QUERY, "cause": cause}
        if location:
            details["location"] = location
        super().__init__(
            FailureEvent(
                env,
                ErrorName(QUERY),
                HistoryEventType.EvaluationFailed,
                {"evaluationFailedEventDetails": details},
            )
        )

    def get_evaluation_failed_event_details(self) -> Any:
        return self.failure_event.event_details["evaluationFailedEventDetails"]


def describe(failure_event: Any, state_name: str, entered: int) -> None:
    """Complete an EvaluationFailed event: AWS names the state and where its execution stood."""
    details = failure_event.event_details["evaluationFailedEventDetails"]
    if "state" not in details:
        details["state"] = state_name
        details["cause"] = (
            f"An error occurred while executing the state '{state_name}' (entered at the event id "
            f"#{entered}). {details.get('cause', '')}"
        )


class MissedHeartbeat(ErrorName):  # type: ignore[misc]
    """The error name of a task that sent no heartbeat: reported as a timeout, matched as either."""

    def __init__(self) -> None:
        super().__init__(TIMEOUT)

    def matches(self, error_name: str | None) -> bool:
        return error_name in (TIMEOUT, HEARTBEAT)


class TooLargeResult(ErrorName):  # type: ignore[misc]
    """The error name of a task that returned too much."""

    def __init__(self) -> None:
        super().__init__(TOO_LARGE)

    def matches(self, error_name: str | None) -> bool:
        return error_name in (TOO_LARGE, "States.ALL")


def too_large_a_result(failure_event: Any) -> bool:
    """A state whose input or output is too large has no failed event of its own, a task has."""
    name = getattr(failure_event.error_name, "error_name", None)
    return name == TOO_LARGE and "executionFailedEventDetails" not in (failure_event.event_details or {})


def missed_heartbeat(error: Exception) -> bool:
    return isinstance(error, HeartbeatTimeoutError)


def match(env: Any, names: list[Any]) -> None:
    """`ErrorEquals` with AWS's wildcards: the error on the stack becomes whether one of the names covers
    it.
    """
    error = env.stack.pop()
    env.stack.append(any(_covers(name.error_name, error) for name in names))


def _covers(name: str, error: Any) -> bool:
    reported = getattr(error, "error_name", None)
    if error is not None and error.matches(name):
        return True
    if name == "States.ALL":
        return reported not in _UNCATCHABLE
    return name == TASK_FAILED and reported not in {*_UNCATCHABLE, TIMEOUT}

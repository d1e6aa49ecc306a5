"""The Wait state and the pauses between tries: how long, and waiting that an abort ends at once."""

# ruff: noqa: SLF001 - private names of moto are what this package is about

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import Any

from localcloud.services.states.interpreter.expressions import Expression, whole_number
from localcloud.services.states.interpreter.faults import EvaluationFailure, runtime_failure
from localcloud.services.states.interpreter.seam import SecondsJSONata, StateWait, StringLiteral, WaitFunction
from localcloud.services.states.interpreter.states import Reporting

# AWS counts the seconds of a wait in 32 bits.
_LONGEST = 2**31 - 1
_TIMESTAMP = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")


class WaitSeconds(SecondsJSONata):  # type: ignore[misc]
    """`Seconds` given by an expression."""

    def _get_wait_seconds(self, env: Any) -> int:
        return whole_number(env, self.string_jsonata, 0, "Seconds")


def moment(text: Any) -> datetime | None:
    """A timestamp as Step Functions reads it: with a zone, an upper case T and Z."""
    if not isinstance(text, str) or not _TIMESTAMP.match(text):
        return None
    try:
        return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    except ValueError:
        return None


class WaitUntil(WaitFunction):  # type: ignore[misc]
    """`Timestamp` and `TimestampPath`; moto compares them with the machine's local time and knows no zone
    offsets.
    """

    def __init__(self, string: Any, field: str) -> None:
        self.string, self.field = string, field
        if isinstance(string, StringLiteral) and moment(string.literal_value) is None:
            raise ValueError(
                f"{field} must be an ISO-8601 date and time with a zone, not '{string.literal_value}'"
            )

    def _get_wait_seconds(self, env: Any) -> float:
        self.string.eval(env=env)
        text = env.stack.pop()
        when = moment(text)
        if when is not None:
            return (when - datetime.now(UTC)).total_seconds()
        if isinstance(self.string, Expression):
            if not isinstance(text, str):
                raise self.string.unexpected(env, text, "string")
            said = f"The {self.field} field cannot be parsed as an ISO-8601 extended offset date-time format"
            raise EvaluationFailure(env, f"{said} string: {text}", self.string.location)
        raise runtime_failure(
            env,
            f"The {self.field} parameter does not reference a valid ISO-8601 extended offset date-time "
            f"format string: {self.string.literal_value} == {text}",
        )


class Wait(Reporting, StateWait):  # type: ignore[misc]
    """Waits, shortened by the local cloud's time scale."""

    def _eval_state(self, env: Any) -> None:
        env.next_field_name = self.wait_function._field_name()
        seconds = self.wait_function._get_wait_seconds(env)
        if seconds > _LONGEST:
            raise runtime_failure(env, "Wait state delay is too long.")
        scaled = seconds * _scale(env)
        if not isinstance(self.wait_function, WaitUntil):
            # What was waited already before the process was killed.
            scaled -= env.__dict__.pop("waited", 0.0)
        pause(env, scaled)
        if self.assign_decl:
            self.assign_decl.eval(env=env)

    def _evaluation_failed(self, env: Any, event: Any) -> None:
        """Unlike other states', a Wait's expression follows the entry of its state."""
        env.event_manager.add_event(
            context=env.event_history_context, event_type=event.event_type, event_details=event.event_details
        )


class Interval:
    """The last that a Retry asks before it sleeps. It waits itself, in the time scale and no longer than the
    execution runs, and leaves nothing to sleep.
    """

    def __init__(self, jitter: Any) -> None:
        self._jitter = jitter

    def eval(self, env: Any) -> None:
        self._jitter.eval(env=env)
        pause(env, env.stack.pop() * _scale(env))
        env.stack.append(0)


def _scale(env: Any) -> float:
    services = getattr(env.aws_execution_details.role_arn, "services", None)
    return float(getattr(services, "wait_scale", 1.0))


def pause(env: Any, seconds: float) -> None:
    """Sleep, but no longer than the execution runs."""
    until = time.monotonic() + seconds
    while env.is_running() and (left := until - time.monotonic()) > 0:
        env.program_state_event.wait(min(left, 1.0))

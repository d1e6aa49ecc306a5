"""One execution of a state machine: started, walked to an end, stopped, timed out, redriven.

`walk` and `redrive` run in the caller's thread. Whatever ends the execution first decides: the last
state, a failure, `stop`, or the definition's TimeoutSeconds; then the history is closed, what still
waits is released, and `ended` is called once.
"""

# ruff: noqa: SLF001 - private names of moto are what this package is about

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from localcloud.services.states.interpreter import program as programs
from localcloud.services.states.interpreter import resuming
from localcloud.services.states.interpreter.history import (
    Full,
    History,
    Variables,
    now,
    seconds_since,
    start_context,
    to_json,
)
from localcloud.services.states.interpreter.scopes import Scope
from localcloud.services.states.interpreter.seam import (
    TMP_THREADS,
    AWSExecutionDetails,
    FailureEventException,
    HistoryEventType,
    ProgramError,
    StateMachineType,
)
from localcloud.services.states.interpreter.services import Role, Services
from localcloud.services.states.interpreter.tokens import Tokens

RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED = "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"


class Journal(Protocol):
    """Who keeps an execution as it goes, so that it can be resumed."""

    def event(self, history: list[dict[str, Any]], kind: str) -> None:
        """The history has grown by an event."""

    def following(self, state: str) -> None:
        """A top-level state was left, and this one comes next."""

    def token(self, token: str) -> None:
        """A task waits for a token."""


class Activities(Protocol):
    """Where the activities are: by ARN, something with `add_task`."""

    def get(self, arn: str, /) -> Any: ...


@dataclass(frozen=True)
class Context:
    """Who the execution is."""

    arn: str = "arn:aws:states:us-east-1:000000000000:execution:machine:run"
    name: str = "run"
    machine_arn: str = "arn:aws:states:us-east-1:000000000000:stateMachine:machine"
    machine_name: str = "machine"
    role_arn: str = "arn:aws:iam::000000000000:role/machine"
    kind: str = "STANDARD"
    started: str = field(default_factory=now)


@dataclass
class Outcome:
    """How an execution stands. `output` is JSON text, as the API gives it."""

    status: str = RUNNING
    output: str | None = None
    error: str | None = None
    cause: str | None = None
    stopped: str | None = None
    history: list[dict[str, Any]] = field(default_factory=list)

    @property
    def value(self) -> Any:
        return None if self.output is None else json.loads(self.output)


class Execution:
    """An execution of a parsed program. It is walked once, from its start or, redriven, from where it
    failed.
    """

    def __init__(
        self,
        machine: Any,
        given: Any,
        context: Context,
        services: Services,
        *,
        ended: Callable[[Outcome], None] | None = None,
        observer: Any = None,
        activities: Activities | None = None,
    ) -> None:
        programs.install()
        self._journal: Journal | None = getattr(observer, "journal", None)
        # Of the definition's TimeoutSeconds, what an earlier life has used.
        self._spent = 0.0
        self._machine, self._given, self._context, self._services = machine, given, context, services
        self._ended, self._observer, self._activities = ended, observer, activities or {}
        self._lock, self._done = threading.Lock(), threading.Event()
        self._timer: threading.Timer | None = None
        self.outcome = Outcome()
        self.env = self._environment()

    @property
    def history(self) -> list[dict[str, Any]]:
        return self.env.event_manager.events  # type: ignore[no-any-return]

    def _environment(self) -> Any:
        context = self._context
        env = Scope(
            aws_execution_details=AWSExecutionDetails(
                account=self._services.account, region=self._services.region,
                role_arn=Role(context.role_arn, self._services),
            ),
            execution_type=StateMachineType(context.kind),
            context={
                "Execution": {
                    "Id": context.arn, "Input": self._given, "StartTime": context.started,
                    "Name": context.name, "RoleArn": context.role_arn, "RedriveCount": 0,
                },
                "StateMachine": {"Id": context.machine_arn, "Name": context.machine_name},
            },
            event_history_context=start_context(),
            cloud_watch_logging_session=None,
            activity_store=self._activities,
            variable_store=Variables(),
        )  # fmt: skip
        env.callback_pool_manager = Tokens(activity_store=self._activities)
        env.callback_pool_manager.machine_arn = context.machine_arn
        env.observer = self._observer
        self._begin(env, [])
        return env

    def _begin(self, env: Any, events: list[dict[str, Any]]) -> History:
        env.event_manager = history = History(events)
        env.event_history_context = start_context(events[-1]["id"] if events else 0)
        journal = self._journal
        if journal is not None:
            history.listener = lambda kind: journal.event(history.events, kind)
            env.callback_pool_manager.listener = journal.token
        return history

    def walk(self) -> Outcome:
        """Run to the end, unless something else ends the execution before."""
        env = self.env
        env.event_manager.add_event(
            env.event_history_context, HistoryEventType.ExecutionStarted,
            {"executionStartedEventDetails": {
                "input": to_json(self._given), "inputDetails": {"truncated": False},
                "roleArn": self._context.role_arn,
            }},
            update_source_event_id=False,
        )  # fmt: skip
        return self._walk_from(self._machine.start_at.start_at_name)

    def _walk_from(self, state: str) -> Outcome:
        env = self.env
        env.next_state_name = state
        self._arm()
        try:
            self._states()
        finally:
            TMP_THREADS.clear()  # moto keeps every thread that it ever started
        ended = env.program_state()
        if isinstance(ended, ProgramError):
            self._finish(FAILED, **_named(ended.error))
        elif not self._done.is_set():
            self._finish(SUCCEEDED, output=to_json(env.states.get_input()))
        return self.outcome

    def _states(self) -> None:
        """Evaluate state after state. moto's own loop would write the terminal event and run in one more
        thread.
        """
        env = self.env
        try:
            while env.is_running():
                self._machine._get_state(env.next_state_name).eval(env)
                env.stack.clear()
                env.heap.clear()
                if self._journal is not None and env.is_running():
                    self._journal.following(env.next_state_name)
        except FailureEventException as error:
            env.set_error(error.get_execution_failed_event_details() or {})
        except Full:
            env.set_error(
                {
                    "error": "States.Runtime",
                    "cause": "The execution reached the maximum number of history events (25000).",
                }
            )
        except Exception as error:  # noqa: BLE001 - a fault of the interpreter must end the execution and say so
            env.set_error({"error": "States.Runtime", "cause": f"{type(error).__name__}: {error}"})

    def _arm(self) -> None:
        limit = self._machine.timeout_seconds
        if limit is not None:
            left = max(limit.timeout_seconds - self._spent, 0)
            self._timer = threading.Timer(left, self._time_out)
            self._timer.daemon = True
            self._timer.start()

    def _time_out(self) -> None:
        self._finish(TIMED_OUT)
        self.env.set_timed_out()
        self.env.callback_pool_manager.release()

    def stop(self, error: str | None = None, cause: str | None = None) -> bool:
        """Abort; False when the execution had ended before."""
        if not self._finish(ABORTED, error=error, cause=cause):
            return False
        self.env.set_stop(stop_date=datetime.now(UTC), cause=cause, error=error)
        self.env.callback_pool_manager.release()
        return True

    def _finish(
        self, status: str, *, output: str | None = None, error: str | None = None, cause: str | None = None
    ) -> bool:
        with self._lock:
            if self.outcome.status != RUNNING:
                return False
            self.outcome = Outcome(status, output, error, cause, now(), self.history)
            self._close(
                status,
                output,
                {key: text for key, text in (("error", error), ("cause", cause)) if text is not None},
            )
        if self._timer is not None:
            self._timer.cancel()
        self.env.callback_pool_manager.release()
        self._done.set()
        if self._ended is not None:
            self._ended(self.outcome)
        return True

    def _close(self, status: str, output: str | None, details: dict[str, str]) -> None:
        env, kinds = self.env, HistoryEventType
        if status == ABORTED:
            env.event_history_context.source_event_id = 0
        kind, name, about = {
            SUCCEEDED: (
                kinds.ExecutionSucceeded, "executionSucceededEventDetails",
                {"output": output, "outputDetails": {"truncated": False}},
            ),
            FAILED: (kinds.ExecutionFailed, "executionFailedEventDetails", details),
            ABORTED: (kinds.ExecutionAborted, "executionAbortedEventDetails", details),
            TIMED_OUT: (kinds.ExecutionTimedOut, "executionTimedOutEventDetails", details),
        }[status]  # fmt: skip
        env.event_manager.close(env.event_history_context, kind, {name: about})

    def wait(self, timeout: float | None = None) -> Outcome:
        self._done.wait(timeout)
        return self.outcome

    def redrive(self, events: list[dict[str, Any]], count: int) -> Outcome:
        """Walk on from the top-level state that did not succeed, with the input and the variables of then.

        Everything is taken from the history, so that an execution of an earlier run of the process can
        be redriven. What is not kept is how far a Map or a Parallel had come: it starts anew.
        """
        env, history = self.env, self._begin(self.env, events)
        state, given = history.last_entered(self._machine)
        self._set_out(history, given)
        env.states.context_object.context_object_data["Execution"]["RedriveCount"] = count
        env.event_manager.add_event(
            env.event_history_context, HistoryEventType.ExecutionRedriven,
            {"executionRedrivenEventDetails": {"redriveCount": count}}, update_source_event_id=False,
        )  # fmt: skip
        return self._walk_from(state)

    def _set_out(self, history: History, given: Any) -> None:
        """The variables of then, and an input."""
        env = self.env
        for name, value in history.assigned(self._machine).items():
            env.variable_store.set(name, value)
        env.variable_store.reset_tracing()
        env.states.reset(input_value=given)

    def resume(self, events: list[dict[str, Any]], following: str | None, token: str | None) -> Outcome:
        """Walk on where the execution stood when its process was killed (`resuming`)."""
        env, history = self.env, self._begin(self.env, events)
        at = resuming.standing(events, self._machine, following)
        self._spent = seconds_since(self._context.started)
        self._set_out(history, at.input)
        if at.entered is not None:
            since = [event for event in events if event["id"] > at.entered["id"]]
            task = at.entered["type"] == "TaskStateEntered"
            env.submitted = resuming.Submitted(since, token, answered=not task)
            history.standing = [at.entered, *(resuming.last_attempt(since) if task else [])]
            env.waited = seconds_since(at.entered["timestamp"])
        return self._walk_from(at.state)


def _named(error: Any) -> dict[str, Any]:
    return {key: (error or {}).get(key) for key in ("error", "cause")}


def run(
    definition: str | dict[str, Any],
    given: Any,
    context: Context | None = None,
    services: Services | None = None,
) -> Outcome:
    """Run a definition to its end; raises program.Refused for one that AWS would not accept."""
    text = definition if isinstance(definition, str) else json.dumps(definition)
    machine = programs.parse(text)
    execution = Execution(machine, given, context or Context(), services or Services("http://127.0.0.1:9"))
    threading.Thread(target=execution.walk, daemon=True).start()
    return execution.wait()

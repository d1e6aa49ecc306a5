"""The states of a definition, as moto evaluates them, with what AWS does and moto does not.

- a JSONata expression that fails is written into the history (EvaluationFailed) exactly once, whatever
  state it is in
- a path that finds nothing ends the execution with States.Runtime; there is no TaskFailed event of it
- a Task's JSONata `Output` and `Assign` that fail can be caught, like its `Arguments`
"""

from __future__ import annotations

from typing import Any

from localcloud.services.states.interpreter.faults import (
    QUERY,
    RUNTIME,
    TIMEOUT,
    EvaluationFailure,
    Failed,
    TooLargeResult,
    describe,
    runtime_failure,
    too_large_a_result,
)
from localcloud.services.states.interpreter.history import to_json
from localcloud.services.states.interpreter.seam import (
    CatchOutcome,
    FailureEventException,
    HistoryEventType,
    NoSuchJsonPathError,
    StateFail,
    StatePass,
    StateSucceed,
    StateTaskActivity,
)

_REPORTED = "reported"


def missing_path(env: Any, error: Any) -> Any:
    return runtime_failure(
        env,
        f"The JSONPath '{error.json_path}' specified for the field '{env.next_field_name}' could not be "
        f"found in the input '{to_json(error.data)}'",
    )


class Reporting:
    """Mixed into every state: what leaves it as a failure is complete, and in the history."""

    def _eval_body(self, env: Any) -> None:
        env.variable_store.enter()
        try:
            super()._eval_body(env)  # type: ignore[misc]
        except FailureEventException as error:
            self._report(env, error)
            raise
        except NoSuchJsonPathError as error:
            path_error = missing_path(env, error)
            self._report(env, path_error)
            raise path_error from error

    def _eval_state(self, env: Any) -> None:
        try:
            super()._eval_state(env)  # type: ignore[misc]
        except NoSuchJsonPathError as error:
            raise missing_path(env, error) from error

    def _evaluation_failed(self, env: Any, event: Any) -> None:
        """Write of an expression that failed; AWS lets it follow what the state's entry follows."""
        context = env.event_history_context
        if context.source_event_id == getattr(context, "entered", 0):
            context.source_event_id = context.before
        env.event_manager.add_event(
            context=context, event_type=event.event_type, event_details=event.event_details
        )

    def _report(self, env: Any, error: Any) -> None:
        event = error.failure_event
        entered = getattr(env.event_history_context, "entered", event.source_event_id)
        if event.error_name is not None and event.error_name.error_name in (RUNTIME, QUERY):
            event.source_event_id = entered
        if event.event_type != HistoryEventType.EvaluationFailed or getattr(event, _REPORTED, False):
            return
        describe(event, self.name, entered)  # type: ignore[attr-defined]
        event.reported = True
        self._evaluation_failed(env, event)


class Faulty(Reporting):
    """Mixed into the states with Retry and Catch."""

    failed_event: Any = None

    def _eval_state(self, env: Any) -> None:
        env.states.context_object.context_object_data["State"]["RetryCount"] = 0
        self._prepare(env)
        while env.is_running():
            try:
                self._attempt(env)
            except Exception as error:  # noqa: BLE001 - whatever is raised becomes the state's failure
                if env.is_running() and not self._recovered(env, self._from_error(env=env, ex=error)):
                    continue
            return

    def _prepare(self, env: Any) -> None:
        """What is evaluated once, before the first attempt."""

    def _attempt(self, env: Any) -> None:
        self._evaluate_with_timeout(env)  # type: ignore[attr-defined]

    def _recovered(self, env: Any, event: Any) -> bool:
        """Whether a Catch took the failure; False asks for another attempt; without either it is raised."""
        self._failed_attempt(env, event)
        env.states.set_error_output(self._construct_error_output_value(event))
        if self.retry and self._handle_retry(env=env, failure_event=event).name == "CanRetry":  # type: ignore[attr-defined]
            return False
        self._write(env, event, only=HistoryEventType.EvaluationFailed)
        if self.failed_event is not None and not getattr(event, "of_state", False):
            env.event_manager.add_event(context=env.event_history_context, event_type=self.failed_event)
        if self.catch:  # type: ignore[attr-defined]
            self._handle_catch(env=env, failure_event=event)  # type: ignore[attr-defined]
            if env.stack[-1] == CatchOutcome.Caught:
                return True
        raise Failed(event)

    @staticmethod
    def _construct_error_output_value(failure_event: Any) -> dict[str, Any]:
        """What a Catch is given: null for what was not told, but for the cause of a timeout."""
        details: dict[str, Any] = next(iter(failure_event.event_details.values()), {})
        error = details.get("error")
        return {"Error": error, "Cause": details.get("cause", "" if error == TIMEOUT else None)}

    def _failed_attempt(self, env: Any, event: Any) -> None:
        """What the history says of a failure that may still be retried."""

    def _write(self, env: Any, event: Any, only: Any = None) -> None:
        wanted = (
            event.event_type != HistoryEventType.ExecutionFailed if only is None else event.event_type == only
        )
        if not wanted or getattr(event, _REPORTED, False):
            return
        event.reported = True
        if event.event_type == HistoryEventType.EvaluationFailed:
            self._evaluation_failed(env, event)
            return
        env.event_manager.add_event(
            context=env.event_history_context, event_type=event.event_type, event_details=event.event_details
        )

    def _from_error(self, env: Any, ex: Exception) -> Any:
        if isinstance(ex, NoSuchJsonPathError):
            ex = missing_path(env, ex)
        event = super()._from_error(env=env, ex=ex)  # type: ignore[misc]
        if event.event_type == HistoryEventType.EvaluationFailed:
            describe(event, self.name, getattr(env.event_history_context, "entered", 0))  # type: ignore[attr-defined]
        return event

    def _eval_state_output(self, env: Any) -> None:
        try:
            super()._eval_state_output(env)  # type: ignore[misc]
        except EvaluationFailure as error:
            self._report(env, error)
            if not self._caught(env, error.failure_event):
                raise

    def _caught(self, env: Any, event: Any) -> bool:
        if not self.catch:  # type: ignore[attr-defined]
            return False
        env.states.set_error_output(self._construct_error_output_value(event))
        self._handle_catch(env=env, failure_event=event)  # type: ignore[attr-defined]
        return bool(env.stack[-1] == CatchOutcome.Caught)


class TaskFaults(Faulty):
    """Mixed into the Task states: every failed attempt of a task is an event."""

    def _from_error(self, env: Any, ex: Exception) -> Any:
        event = super()._from_error(env=env, ex=ex)
        if too_large_a_result(event):
            event.error_name = TooLargeResult()
        return event

    def _failed_attempt(self, env: Any, event: Any) -> None:
        self._write(env, event)


class Pass(Reporting, StatePass):  # type: ignore[misc]
    pass


class Succeed(Reporting, StateSucceed):  # type: ignore[misc]
    pass


class Fail(Reporting, StateFail):  # type: ignore[misc]
    pass


class Activity(TaskFaults, StateTaskActivity):  # type: ignore[misc]
    def _eval_execution(self, env: Any) -> None:
        arn = self.resource.resource_arn
        if not env.callback_pool_manager.knows(arn):
            raise runtime_failure(env, f"The activity {arn} does not exist.")
        super()._eval_execution(env)


_classes: dict[str, type[Any]] = {}


def task(base: type[Any]) -> type[Any]:
    """A class of moto's Task states with AWS's handling of failures."""
    if base.__name__ not in _classes:
        _classes[base.__name__] = type(base.__name__, (TaskFaults, base), {})
    return _classes[base.__name__]

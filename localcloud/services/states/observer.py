"""What the interpreter tells while an execution runs, in MiniStack's records of Map Runs, their children and
activities.

The interpreter's threads must act for the account and the region in which the execution was started.
"""

from __future__ import annotations

import contextvars
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from localcloud.ministack.stepfunctions.store import Store
    from localcloud.services.states.interpreter.execution import Journal


class Observer:
    """Made in the scope of the execution."""

    def __init__(self, store: Store, journal: Journal | None) -> None:
        self._store, self.journal = store, journal
        self._scope = contextvars.copy_context()

    def in_scope(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function as called for the account and region in which the execution was started."""
        return lambda *arguments: self._scope.copy().run(function, *arguments)

    def map_run(self, run: Any) -> None:
        self.in_scope(self._map_run)(run)

    def child(self, run: Any, child: Any) -> None:
        self.in_scope(self._child)(run, child)

    def _map_run(self, run: Any) -> None:
        self._store.map_runs[run.arn] = {
            "mapRunArn": run.arn,
            "executionArn": run.execution_arn,
            "status": run.status,
            "startDate": run.started,
            "maxConcurrency": run.at_once,
            "toleratedFailurePercentage": run.tolerated_percentage,
            "toleratedFailureCount": run.tolerated_count,
            "itemCounts": run.counts(of_items=True),
            "executionCounts": run.counts(of_items=False),
            "redriveCount": 0,
            "_stateMachineArn": run.machine_arn,
            **({"stopDate": run.stopped} if run.stopped else {}),
        }

    def _child(self, run: Any, child: Any) -> None:
        self._store.executions[child.arn] = {
            "executionArn": child.arn, "stateMachineArn": child.machine_arn, "name": child.name,
            "status": child.status, "startDate": child.started, "stopDate": child.stopped,
            "input": json.dumps(child.input), "inputDetails": {"included": True},
            "output": json.dumps(child.output) if child.status == "SUCCEEDED" else None,
            "outputDetails": {"included": True}, "error": child.error, "cause": child.cause,
            "mapRunArn": run.arn, "events": child.history.events,
        }  # fmt: skip
        self._map_run(run)


class Activities:
    """MiniStack's activities as the interpreter asks for them: `get(arn)` gives something to add tasks to."""

    def __init__(self, store: Store, observer: Observer) -> None:
        self._store, self._observer = store, observer

    def get(self, arn: str) -> Any:
        return self._observer.in_scope(self._find)(arn)

    def _find(self, arn: str) -> _Activity | None:
        return _Activity(self._store, self._observer, arn) if arn in self._store.activities else None


class _Activity:
    def __init__(self, store: Store, observer: Observer, arn: str) -> None:
        self._store, self._observer, self._arn = store, observer, arn

    def add_task(self, task: Any) -> None:
        given = {"taskToken": task.task_token, "input": task.task_input}
        self._observer.in_scope(self._store.add_activity_task)(self._arn, given)

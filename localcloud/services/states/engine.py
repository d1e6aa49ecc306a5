"""The executions that run now.

An execution is a thread of its own, so waiting holds up nobody; over `_MOST_OPEN` of them a start is refused.
Its record follows what the interpreter does, and what is kept of it outlives the process (`durable`).
"""

from __future__ import annotations

import contextvars
import json
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from localcloud.services.states.durable import Keep
from localcloud.services.states.observer import Activities, Observer

if TYPE_CHECKING:
    from localcloud.ministack.stepfunctions.store import Members, Store
    from localcloud.services.states.interpreter.execution import Context, Execution, Outcome
    from localcloud.services.states.interpreter.services import Services

    Walk = Callable[[Execution], object]

_MOST_OPEN = 1000


class Engine:
    """Runs the interpreter on the records of executions."""

    def __init__(self, store: Store, services: Services, keep: Keep) -> None:
        self._store, self.services, self._keep = store, services, keep
        self._running: dict[str, Execution] = {}
        self._lock = threading.Lock()

    def start(self, record: Members) -> None:
        """Run an execution that has just been recorded, in a thread."""
        self._publish(record)
        self._begin(record, lambda execution: _walk(record, execution))

    def run(self, record: Members) -> None:
        """The same in the caller's thread: returns when the execution has ended."""
        self._perform(record, lambda execution: _walk(record, execution))

    def redrive(self, record: Members) -> None:
        """Run a failed execution on, in a thread."""
        count = record.get("redriveCount", 0) + 1
        ended = {"stopDate": None, "error": None, "cause": None}
        record.update(ended, status="RUNNING", redriveCount=count, redriveDate=self._store.now())
        self._publish(record)
        events = list(record["events"])
        self._begin(record, lambda execution: execution.redrive(events, count))

    def resume(self, record: Members) -> None:
        """Go on with an execution that an earlier process was killed in, in a thread."""
        from localcloud.services.states.interpreter import resuming
        from localcloud.services.states.interpreter.execution import Outcome

        events = list(record["events"])
        over = resuming.ended(events)
        if over is not None:
            status, details = over
            output, error, cause = (details.get(name) for name in ("output", "error", "cause"))
            self._end(record, Outcome(status, output, error, cause, events[-1]["timestamp"]))
            return
        following, token = record.get("following"), record.get("token")
        self._begin(record, lambda execution: execution.resume(events, following, token))

    def stop(self, record: Members, error: str | None, cause: str | None) -> bool:
        """Abort an execution and what it waits for; False when it had ended before."""
        with self._lock:
            execution = self._running.get(record["executionArn"])
            unbegun = execution is None and record["status"] == "RUNNING"
            if unbegun:
                self._abort(record, error, cause)
        if unbegun:
            self._publish(record)
        return unbegun or (execution is not None and execution.stop(error, cause))

    def full(self) -> bool:
        with self._lock:
            return len(self._running) >= _MOST_OPEN

    def _begin(self, record: Members, walk: Walk) -> None:
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(self._perform, record, walk), daemon=True).start()

    def _perform(self, record: Members, walk: Walk) -> None:
        with self._keep.apart():
            execution = self._prepare(record)
            if execution is not None:
                walk(execution)

    def _prepare(self, record: Members) -> Execution | None:
        """The execution of a record, known as running; None when it could not be made, and has failed, or
        when it was stopped before."""
        from localcloud.services.states.interpreter.execution import Execution, Outcome
        from localcloud.services.states.interpreter.program import Refused, parse

        machine = self._store.machines.get(record["stateMachineArn"])
        if machine is None:
            self._end(record, Outcome("FAILED", None, "States.Runtime", "The state machine has been deleted"))
            return None
        try:
            program = parse(machine["definition"])
        except Refused as error:
            self._end(record, Outcome("FAILED", None, "States.Runtime", str(error)))
            return None
        observer = Observer(self._store, self._keep.journal(record))
        execution = Execution(
            program, json.loads(record["input"]), _context(record, machine), self.services,
            ended=observer.in_scope(lambda outcome: self._end(record, outcome)), observer=observer,
            activities=Activities(self._store, observer),
        )  # fmt: skip
        with self._lock:
            if record["status"] != "RUNNING":
                return None
            self._running[record["executionArn"]] = execution
        return execution

    def _abort(self, record: Members, error: str | None, cause: str | None) -> None:
        """End an execution that is recorded and does not run yet."""
        now = self._store.now()
        record.update(status="ABORTED", error=error, cause=cause, stopDate=now)
        details = {name: text for name, text in (("error", error), ("cause", cause)) if text is not None}
        event = {"id": len(record["events"]) + 1, "type": "ExecutionAborted", "timestamp": now}
        record["events"].append({**event, "executionAbortedEventDetails": details})

    def _end(self, record: Members, outcome: Outcome) -> None:
        execution = self._running.get(record["executionArn"])
        # What fails while the services go down fails because of it; the next start goes on with it.
        if not self._keep.stopping:
            with self._keep.unit():
                if execution is not None:
                    record["events"] = execution.history
                record.update(
                    status=outcome.status, output=outcome.output, error=outcome.error, cause=outcome.cause,
                    stopDate=outcome.stopped or self._store.now(),
                )  # fmt: skip
                self._store.executions.get(record["executionArn"])  # looked at, so kept
                self._publish(record)
        with self._lock:
            # It may have been redriven by now.
            if self._running.get(record["executionArn"]) is execution:
                self._running.pop(record["executionArn"], None)

    def _publish(self, record: Members) -> None:
        """EventBridge hears of the executions of standard machines, and not of a Map Run's children."""
        machine = self._store.machines.get(record["stateMachineArn"]) or {}
        if machine.get("type", "STANDARD") == "STANDARD" and not record.get("mapRunArn"):
            self._store.publish_status(record)


def _walk(record: Members, execution: Execution) -> None:
    record["events"] = execution.history
    execution.walk()


def _context(record: Members, machine: Members) -> Context:
    from localcloud.services.states.interpreter.execution import Context

    return Context(
        arn=record["executionArn"], name=record["name"], machine_arn=machine["stateMachineArn"],
        machine_name=machine["name"], role_arn=machine["roleArn"], kind=machine.get("type", "STANDARD"),
        started=record["startDate"],
    )  # fmt: skip

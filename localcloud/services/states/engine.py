"""Step Functions: the interpreter behind MiniStack's API.

MiniStack keeps what it is good at: the wire, state machines, versions, aliases, tags, the records of
executions and their lists. What runs is `states.interpreter`: it replaces MiniStack's `_run_execution`,
and the records follow it. An execution is a thread of its own, so waiting holds up nobody; over
`_MOST_OPEN` of them a start is refused.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import contextvars
import json
import threading
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Protocol

from localcloud.services.states import api
from localcloud.services.states.interpreter.services import Services

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from localcloud.services.states.interpreter.execution import Context, Execution, Journal, Outcome

_MOST_OPEN = 1000
_WARM_AFTER_SECONDS = 1.0


def install(endpoint_url: str, account: str, region: str, wait_scale: float = 1.0) -> Engine:
    """Put the interpreter behind MiniStack's Step Functions. Tasks act as the account until the engine's
    services get the credentials of roles; `wait_scale` shortens Wait states and the pauses between tries."""
    from ministack.services import stepfunctions as sfn

    engine = Engine(sfn, Services(endpoint_url, account, region, wait_scale=wait_scale))
    sfn._run_execution = engine.run
    emit = sfn._emit_execution_status_event
    sfn._emit_execution_status_event = lambda record: emit(record) if _is_told(sfn, record) else None
    api.install(sfn, engine)
    # Importing moto takes a second, which nobody should wait for: not the start, and not the first execution.
    warming = threading.Timer(_WARM_AFTER_SECONDS, _warm)
    warming.daemon = True
    warming.start()
    return engine


def _is_told(sfn: Any, record: dict[str, Any]) -> bool:
    """EventBridge hears of the executions of standard machines, and not of a Map Run's children."""
    machine = sfn._state_machines.get(record["stateMachineArn"]) or {}
    return machine.get("type", "STANDARD") == "STANDARD" and not record.get("mapRunArn")


def _warm() -> None:
    from localcloud.services.states.interpreter import program

    program.install()


class Keep(Protocol):
    """Who keeps executions over the end of the process."""

    def journal(self, record: dict[str, Any]) -> Journal:
        """Where an execution writes down how far it has come."""

    @property
    def stopping(self) -> bool:
        """Whether the cloud goes down."""

    def unit(self) -> AbstractContextManager[Any]:
        """What happens inside is kept as a whole."""


class Engine:
    """The executions that run now."""

    # Without one, executions end with the process.
    keep: Keep | None = None

    def __init__(self, sfn: Any, services: Services) -> None:
        self._sfn, self.services = sfn, services
        self._running: dict[str, Execution] = {}
        self._lock = threading.Lock()

    def run(self, arn: str) -> None:
        """Run an execution that MiniStack has recorded; returns when it has ended."""
        record = self._sfn._executions.get(arn)
        if record is None:
            return
        execution = self._prepare(record)
        if execution is None:
            return
        record["events"] = execution.history
        execution.walk()

    def redrive(self, record: dict[str, Any]) -> None:
        """Run a failed execution on, in a thread."""
        count = record.get("redriveCount", 0) + 1
        record.update(
            status="RUNNING",
            stopDate=None,
            error=None,
            cause=None,
            redriveCount=count,
            redriveDate=self._sfn.now_iso(),
        )
        events = list(record["events"])
        execution = self._prepare(record)
        if execution is None:
            return
        self._sfn._emit_execution_status_event(record)
        context = contextvars.copy_context()

        def walk() -> None:
            execution.redrive(events, count)

        threading.Thread(target=context.run, args=(walk,), daemon=True).start()

    def resume(self, record: dict[str, Any]) -> None:
        """Go on with an execution that an earlier process was killed in, in a thread."""
        from localcloud.services.states.interpreter import resuming
        from localcloud.services.states.interpreter.execution import Outcome

        events = list(record["events"])
        over = resuming.ended(events)
        if over is not None:
            status, about = over
            stopped = events[-1]["timestamp"]
            told = (about.get("output"), about.get("error"), about.get("cause"))
            self._end(record, Outcome(status, *told, stopped))
            return
        execution = self._prepare(record)
        if execution is None:
            return
        context = contextvars.copy_context()
        where = record.get("following"), record.get("token")

        def walk() -> None:
            execution.resume(events, *where)

        threading.Thread(target=context.run, args=(walk,), daemon=True).start()

    def _prepare(self, record: dict[str, Any]) -> Execution | None:
        """The execution of a record, known as running; None when it could not be made, and has failed."""
        from localcloud.services.states.interpreter.execution import Execution, Outcome
        from localcloud.services.states.interpreter.program import Refused, parse

        machine = self._sfn._state_machines.get(record["stateMachineArn"])
        if machine is None:
            self._end(record, Outcome("FAILED", None, "States.Runtime", "The state machine has been deleted"))
            return None
        try:
            program = parse(machine["definition"])
        except Refused as error:
            self._end(record, Outcome("FAILED", None, "States.Runtime", str(error)))
            return None
        observer = _Records(self._sfn, record)
        if self.keep is not None:
            observer.journal = self.keep.journal(record)
        execution = Execution(
            program, json.loads(record["input"]), _context(record, machine), self.services,
            ended=observer.in_scope(lambda outcome: self._end(record, outcome)), observer=observer,
            activities=_Activities(self._sfn, observer),
        )  # fmt: skip
        with self._lock:
            self._running[record["executionArn"]] = execution
        return execution

    def _end(self, record: dict[str, Any], outcome: Outcome) -> None:
        with self._lock:
            execution = self._running.pop(record["executionArn"], None)
        if self.keep is not None and self.keep.stopping:
            # What fails now fails because its services go down; the next start goes on with it.
            return
        with self.keep.unit() if self.keep is not None else nullcontext():
            record.update(
                status=outcome.status, output=outcome.output, error=outcome.error, cause=outcome.cause,
                stopDate=outcome.stopped or self._sfn.now_iso(),
            )  # fmt: skip
            if execution is not None:
                record["events"] = execution.history
            self._sfn._executions.get(record["executionArn"])  # looked at, so kept
            self._sfn._emit_execution_status_event(record)

    def stop(self, arn: str, error: str | None, cause: str | None) -> bool:
        """Abort a running execution and what it waits for; False when it does not run here."""
        with self._lock:
            execution = self._running.get(arn)
        return execution is not None and execution.stop(error, cause)

    def full(self) -> bool:
        with self._lock:
            return len(self._running) >= _MOST_OPEN


def _context(record: dict[str, Any], machine: dict[str, Any]) -> Context:
    from localcloud.services.states.interpreter.execution import Context

    return Context(
        arn=record["executionArn"], name=record["name"], machine_arn=machine["stateMachineArn"],
        machine_name=machine["name"], role_arn=machine["roleArn"], kind=machine.get("type", "STANDARD"),
        started=record["startDate"],
    )  # fmt: skip


class _Records:
    """Keeps MiniStack's records of Map Runs and of their children. Its threads must act for the
    execution's account.
    """

    journal: Journal | None = None

    def __init__(self, sfn: Any, record: dict[str, Any]) -> None:
        self._sfn, self._record = sfn, record
        self._scope = contextvars.copy_context()

    def in_scope(self, function: Any) -> Any:
        """The function as called for the account and region in which the execution was started."""
        return lambda *arguments: self._scope.copy().run(function, *arguments)

    def map_run(self, run: Any) -> None:
        self.in_scope(self._map_run)(run)

    def child(self, run: Any, child: Any) -> None:
        self.in_scope(self._child)(run, child)

    def _map_run(self, run: Any) -> None:
        self._sfn._map_runs[run.arn] = {
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
        self._sfn._executions[child.arn] = {
            "executionArn": child.arn, "stateMachineArn": child.machine_arn, "name": child.name,
            "status": child.status, "startDate": child.started, "stopDate": child.stopped,
            "input": json.dumps(child.input), "inputDetails": {"included": True},
            "output": json.dumps(child.output) if child.status == "SUCCEEDED" else None,
            "outputDetails": {"included": True}, "error": child.error, "cause": child.cause,
            "mapRunArn": run.arn, "events": child.history.events, "testCase": "", "mockAttempts": {},
        }  # fmt: skip
        self._map_run(run)


class _Activities:
    """MiniStack's activities as the interpreter asks for them: `get(arn)` gives something to add tasks to."""

    def __init__(self, sfn: Any, records: _Records) -> None:
        self._sfn, self._records = sfn, records

    def get(self, arn: str) -> Any:
        return self._records.in_scope(self._find)(arn)

    def _find(self, arn: str) -> _Activity | None:
        return _Activity(self._sfn, self._records, arn) if arn in self._sfn._activities else None


class _Activity:
    def __init__(self, sfn: Any, records: _Records, arn: str) -> None:
        self._sfn, self._records, self._arn = sfn, records, arn

    def add_task(self, task: Any) -> None:
        self._records.in_scope(self._add)({"taskToken": task.task_token, "input": task.task_input})

    def _add(self, task: dict[str, str]) -> None:
        self._sfn._activity_tasks.setdefault(self._arn, []).append(task)

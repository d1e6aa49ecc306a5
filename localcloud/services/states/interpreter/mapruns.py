"""A Map Run: the children of a distributed Map, what they are given and what becomes of them.

Each child has a history and a context of its own and does not see the variables around the Map.
`env.observer`, where there is one, is told of the run and of each child, so that they can be listed and
described.
"""

# ruff: noqa: SLF001 - private names of moto are what this package is about

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from localcloud.services.states.interpreter import items as reading
from localcloud.services.states.interpreter import results
from localcloud.services.states.interpreter.faults import failure, runtime_failure
from localcloud.services.states.interpreter.history import History, Variables, now, start_context, to_json
from localcloud.services.states.interpreter.scopes import in_thread, iterate
from localcloud.services.states.interpreter.seam import FailureEventException, HistoryEventType

_THRESHOLD = "States.ExceedToleratedFailureThreshold"
_LARGEST_BATCH = 262_144


@dataclass
class Child:
    """A child execution, from pending to its end."""

    arn: str
    name: str
    machine_arn: str
    input: Any
    items: int
    status: str = "PENDING"
    started: str | None = None
    stopped: str | None = None
    output: Any = None
    error: str | None = None
    cause: str | None = None
    history: Any = None


@dataclass
class MapRun:
    """A Map Run as DescribeMapRun shows it."""

    arn: str
    execution_arn: str
    machine_arn: str
    at_once: int
    tolerated_count: int
    tolerated_percentage: float
    started: str = field(default_factory=now)
    stopped: str | None = None
    status: str = "RUNNING"
    children: list[Child] = field(default_factory=list)

    @property
    def run_id(self) -> str:
        return self.arn.rpartition(":")[2]

    def counts(self, *, of_items: bool) -> dict[str, int]:
        names = {
            "PENDING": "pending", "RUNNING": "running", "SUCCEEDED": "succeeded", "FAILED": "failed",
            "TIMED_OUT": "timedOut", "ABORTED": "aborted",
        }  # fmt: skip
        counts = dict.fromkeys(
            [*names.values(), "total", "resultsWritten", "failuresNotRedrivable", "pendingRedrive"], 0
        )
        for child in self.children:
            weight = child.items if of_items else 1
            counts[names[child.status]] += weight
            counts["total"] += weight
            counts["resultsWritten"] += weight if child.status == "SUCCEEDED" and self.stopped else 0
        return counts

    def exceeded(self) -> bool:
        """Whether more items have failed than are tolerated; either limit is enough."""
        counts = self.counts(of_items=True)
        failed = counts["failed"] + counts["timedOut"]
        if not failed:
            return False
        if self.tolerated_count == 0 and self.tolerated_percentage == 0:
            return True
        over_count = self.tolerated_count > 0 and failed > self.tolerated_count
        over_share = (
            self.tolerated_percentage > 0 and failed * 100 > self.tolerated_percentage * counts["total"]
        )
        return over_count or over_share


def run(state: Any, env: Any, items: list[Any] | None, at_once: int) -> Any:
    """Perform a distributed Map; its result."""
    new = _new_run(state, env, at_once)
    _tell(env, "map_run", new)
    _event(env, HistoryEventType.MapRunStarted, {"mapRunStartedEventDetails": {"mapRunArn": new.arn}})
    try:
        if items is None:
            items = reading.read(state.item_reader, state.extra.get("Reader", {}), env)
        _Children(state, env, new, items, at_once).run()
        output = _output(state, env, new)
    except FailureEventException as error:
        _end(env, new, "FAILED")
        named = dict(zip(("error", "cause"), error.extract_error_cause_pair() or (), strict=False))
        _event(
            env,
            HistoryEventType.MapRunFailed,
            {"mapRunFailedEventDetails": {k: v for k, v in named.items() if v}},
        )
        raise
    _end(env, new, "SUCCEEDED")
    _event(env, HistoryEventType.MapRunSucceeded, None)
    return output


def _new_run(state: Any, env: Any, at_once: int) -> MapRun:
    frame = env.open_frame()
    frame.states.reset(input_value=env.states.get_input())
    frame.stack = list(env.stack)
    state.tolerated_failure_count_decl.eval(env=frame)
    count = frame.stack.pop()
    state.tolerated_failure_percentage_decl.eval(env=frame)
    percentage = frame.stack.pop()
    env.close_frame(frame)
    if not 0 <= percentage <= 100 or count < 0:
        raise runtime_failure(env, f"{count} and {percentage} are not valid as tolerated failures")
    context = env.states.context_object.context_object_data
    machine = context["StateMachine"]["Id"]
    label = state.label.label if state.label else str(uuid.uuid4())
    return MapRun(
        arn=f"{machine.replace(':stateMachine:', ':mapRun:')}/{label}:{uuid.uuid4()}",
        execution_arn=context["Execution"]["Id"], machine_arn=f"{machine}/{label}", at_once=at_once,
        tolerated_count=int(count), tolerated_percentage=float(percentage),
    )  # fmt: skip


def _end(env: Any, run_: MapRun, status: str) -> None:
    run_.status, run_.stopped = status, now()
    _tell(env, "map_run", run_)


def _tell(env: Any, what: str, *facts: Any) -> None:
    observer = getattr(env, "observer", None)
    if observer is not None:
        getattr(observer, what)(*facts)


def _event(env: Any, kind: Any, details: dict[str, Any] | None) -> None:
    env.event_manager.add_event(context=env.event_history_context, event_type=kind, event_details=details)


def _output(state: Any, env: Any, run_: MapRun) -> Any:
    config = state.extra.get("WriterConfig", {})
    if state.result_writer:
        return results.write(state.result_writer, config, run_, env)
    return results.shape([child for child in run_.children if child.status == "SUCCEEDED"], config, "COMPACT")


def template(given: Any, language: str, build: Callable[..., Any]) -> Any:
    """A component that evaluates a template of a field that moto does not know."""
    if language == "JSONata":
        state: dict[str, Any] = {"Type": "Pass", "Output": given, "End": True}
    else:
        paths = {f"{key[:-4]}.$": value for key, value in given.items() if key.endswith("Path")}
        state = {
            "Type": "Pass", "End": True,
            "Parameters": {key: value for key, value in given.items() if not key.endswith("Path")} | paths,
        }  # fmt: skip
    program = build({"QueryLanguage": language, "StartAt": "Batch", "States": {"Batch": state}}, {})
    parsed = program.states.states["Batch"]
    return parsed.output.jsonata_template_value if language == "JSONata" else parsed.parameters


def batches(rule: dict[str, Any], items: list[Any]) -> Iterator[list[Any]]:
    """The items in batches, each within both limits."""
    most = int(rule.get("MaxItemsPerBatch") or len(items) or 1)
    largest = int(rule.get("MaxInputBytesPerBatch") or _LARGEST_BATCH)
    base = len(to_json({"Items": [], **({"BatchInput": rule["BatchInput"]} if "BatchInput" in rule else {})}))
    batch: list[Any] = []
    size = base
    for item in items:
        weight = len(to_json(item).encode()) + 1
        if batch and (len(batch) >= most or size + weight > largest):
            yield batch
            batch, size = [], base
        batch.append(item)
        size += weight
    if batch:
        yield batch


class _Children:
    """Runs the children, some at a time, until all have ended or too many have failed."""

    def __init__(self, state: Any, env: Any, run_: MapRun, items: list[Any], at_once: int) -> None:
        self._state, self._env, self._run = state, env, run_
        self._program = state.iteration_component._get_iteration_program()
        self._inputs = [self._selected(index, item) for index, item in enumerate(items)]
        run_.children = [self._child(value, count) for value, count in self._batched()]
        self._workers = min(at_once, 64, len(run_.children))
        self._next, self._active = 0, 0
        self._lock, self._done = threading.Lock(), threading.Event()

    def run(self) -> None:
        if self._run.children:
            self._active = self._workers
            for _ in range(self._workers):
                in_thread("children", self._work)
            self._done.wait()
        if self._run.exceeded():
            raise failure(
                self._env, _THRESHOLD, "The specified tolerated failure threshold was exceeded",
                event=HistoryEventType.MapRunFailed, details="mapRunFailedEventDetails",
            )  # fmt: skip

    def _selected(self, index: int, item: Any) -> Any:
        frame = self._env.open_inner_frame()
        frame.states.reset(input_value=self._env.states.get_input())
        try:
            return self._state.select(frame, self._env, index, item)
        finally:
            self._env.delete_frame(frame)

    def _batched(self) -> Iterator[tuple[Any, int]]:
        if self._state.batcher is None:
            yield from ((value, 1) for value in self._inputs)
            return
        frame = self._env.open_frame()
        frame.states.reset(input_value=self._env.states.get_input())
        frame.stack = [*self._env.stack] or [self._env.states.get_input()]
        self._state.batcher.eval(frame)
        rule = frame.stack.pop()
        self._env.delete_frame(frame)
        for batch in batches(rule, self._inputs):
            yield (
                {**({"BatchInput": rule["BatchInput"]} if "BatchInput" in rule else {}), "Items": batch},
                len(batch),
            )

    def _child(self, value: Any, items: int) -> Child:
        name = str(uuid.uuid4())
        arn = f"{self._run.machine_arn.replace(':stateMachine:', ':execution:')}:{name}"
        return Child(arn, name, self._run.machine_arn, value, items)

    def _take(self) -> Child | None:
        with self._lock:
            if self._next >= len(self._run.children) or not self._env.is_running() or self._run.exceeded():
                return None
            self._next += 1
            return self._run.children[self._next - 1]

    def _work(self) -> None:
        while (child := self._take()) is not None:
            self._perform(child)
        with self._lock:
            self._active -= 1
            if self._active == 0:
                self._done.set()

    def _perform(self, child: Child) -> None:
        frame = self._frame(child)
        child.status, child.started = "RUNNING", now()
        _tell(self._env, "child", self._run, child)
        error = iterate(frame, self._program, lambda: child.input)
        child.stopped = now()
        if error is None:
            child.status, child.output = "SUCCEEDED", frame.states.get_input()
        elif "stopped" in error:
            child.status = "ABORTED"
        else:
            child.status, child.error, child.cause = "FAILED", error.get("error"), error.get("cause")
        _close(child, frame)
        self._env.delete_frame(frame)
        _tell(self._env, "child", self._run, child)

    def _frame(self, child: Child) -> Any:
        frame = self._env.open_inner_frame()
        frame.variable_store = Variables()
        frame.event_manager = child.history = History()
        frame.event_history_context = start_context()
        context = frame.states.context_object.context_object_data
        context["Execution"] = {
            **context["Execution"], "Id": child.arn, "Name": child.name, "Input": child.input,
            "StartTime": now(),
        }  # fmt: skip
        context["StateMachine"] = {"Id": child.machine_arn, "Name": child.machine_arn.rpartition(":")[2]}
        child.history.add_event(
            frame.event_history_context, HistoryEventType.ExecutionStarted,
            {"executionStartedEventDetails": {
                "input": to_json(child.input), "inputDetails": {"truncated": False},
                "roleArn": str(frame.aws_execution_details.role_arn),
            }},
            update_source_event_id=False,
        )  # fmt: skip
        return frame


def _close(child: Child, frame: Any) -> None:
    context = frame.event_history_context
    if child.status == "SUCCEEDED":
        details = {"output": to_json(child.output), "outputDetails": {"truncated": False}}
        child.history.close(
            context, HistoryEventType.ExecutionSucceeded, {"executionSucceededEventDetails": details}
        )
    elif child.status == "ABORTED":
        child.history.close(context, HistoryEventType.ExecutionAborted, {"executionAbortedEventDetails": {}})
    else:
        details = {key: value for key, value in (("error", child.error), ("cause", child.cause)) if value}
        child.history.close(
            context, HistoryEventType.ExecutionFailed, {"executionFailedEventDetails": details}
        )

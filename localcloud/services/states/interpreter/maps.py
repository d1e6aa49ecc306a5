"""The Map state, inline and distributed.

Inline, the iterations are frames of the execution and in its history. Distributed, each item or batch
is a child execution of a Map Run with a history of its own; `mapruns` holds what belongs to a run.
"""

# ruff: noqa: SLF001 - private names of moto are what this package is about

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

from localcloud.services.states.interpreter import jsonata_engine, mapruns
from localcloud.services.states.interpreter.expressions import Expression
from localcloud.services.states.interpreter.faults import EvaluationFailure, failure_inside, runtime_failure
from localcloud.services.states.interpreter.scopes import Gate, give_up, in_thread, iterate
from localcloud.services.states.interpreter.seam import (
    DistributedIterationComponent,
    HistoryEventType,
    StateMap,
)
from localcloud.services.states.interpreter.states import Faulty

# AWS runs at most 40 iterations of an inline Map at once. Distributed, it runs thousands; a laptop does not.
_AT_ONCE, _CHILDREN_AT_ONCE = 40, 64


class Map(Faulty, StateMap):  # type: ignore[misc]
    extra: dict[str, Any]

    def __init__(self) -> None:
        super().__init__()
        self.extra = {}
        self.batcher: Any = None

    def extend(self, extra: dict[str, Any], build: Callable[..., Any]) -> None:
        """The fields of this state that moto's grammar does not know."""
        self.extra = extra
        if "ItemBatcher" in extra:
            self.batcher = mapruns.template(extra["ItemBatcher"], extra["language"], build)
        if "ItemSelector" in extra:
            self.item_selector = mapruns.template(extra["ItemSelector"], extra["language"], build)

    @property
    def distributed(self) -> bool:
        return isinstance(self.iteration_component, DistributedIterationComponent)

    def _eval_execution(self, env: Any) -> None:
        self.max_concurrency_decl.eval(env=env)
        at_once = env.stack.pop()
        items = None if self.item_reader else self._items(env)
        env.event_manager.add_event(
            context=env.event_history_context,
            event_type=HistoryEventType.MapStateStarted,
            event_details={"mapStateStartedEventDetails": {"length": len(items or [])}},
        )
        if self.distributed:
            output = mapruns.run(self, env, items, at_once or _CHILDREN_AT_ONCE)
        else:
            output = Iterations(self, env, items or [], min(at_once or _AT_ONCE, _AT_ONCE)).run()
        env.stack.append(output)
        env.event_manager.add_event(
            context=env.event_history_context,
            event_type=HistoryEventType.MapStateSucceeded,
            update_source_event_id=False,
        )

    def _items(self, env: Any) -> list[Any]:
        path = self.items_path or self.items
        if path is None:
            items = env.states.get_input()
        else:
            path.eval(env=env)
            items = env.stack.pop()
        if isinstance(items, list):
            return items
        if self.distributed and isinstance(items, dict):
            return [{"Key": key, "Value": value} for key, value in items.items()]
        expression = getattr(self.items, "string_jsonata", None)
        if isinstance(expression, Expression):
            raise expression.unexpected(env, items, "array")
        if not self._is_language_query_jsonpath():
            said = f"Map state input must be an array but was: {jsonata_engine.shown(items)}"
            raise EvaluationFailure(env, said, "")
        path = getattr(getattr(self.items_path, "string_sampler", None), "literal_value", "$")
        raise runtime_failure(env, f'Reference path "{path}" must point to array.')

    def select(self, frame: Any, env: Any, index: int, item: Any) -> Any:
        """The input of one iteration."""
        frame.states.context_object.context_object_data["Map"] = {"Item": {"Index": index, "Value": item}}
        template = self.item_selector or self.parameters
        if template is None:
            return item
        value = env.stack[-1] if env.stack else env.states.get_input()
        frame.states.reset(input_value=value)
        frame.stack.append(value)
        template.eval(frame)
        return frame.stack.pop()

    failed_event = HistoryEventType.MapStateFailed

    def _from_error(self, env: Any, ex: Exception) -> Any:
        """A field that cannot be used ends the execution as a fault of the state, unlike an iteration."""
        event = super()._from_error(env=env, ex=ex)
        if event.event_type == HistoryEventType.ExecutionFailed:
            event.of_state = True
        return event


class Iterations:
    """The iterations of one inline Map, some at a time."""

    def __init__(self, state: Map, env: Any, items: list[Any], at_once: int) -> None:
        self._state, self._env, self._items = state, env, items
        self._program = state.iteration_component._get_iteration_program()
        self._workers = min(at_once, len(items))
        self._next, self._left = 0, len(items)
        self._outputs: list[Any] = [None] * len(items)
        self._running: dict[int, Any] = {}
        self._error: dict[str, Any] | None = None
        self._failed: Any = None
        self._lock, self._done = threading.Lock(), threading.Event()

    def run(self) -> list[Any]:
        if self._items:
            workers = [self._env.open_frame() for _ in range(self._workers)]
            # AWS says of all that start together that they started before any of them goes on.
            for worker, begun in [(worker, self._begin(worker)) for worker in workers]:
                in_thread("iterations", functools.partial(self._work, worker, begun))
            self._done.wait()
        if self._error is not None:
            self._abort_running()
            raise failure_inside(self._env, self._error, HistoryEventType.MapIterationFailed)
        return self._outputs

    def _take(self) -> int | None:
        with self._lock:
            if self._error is not None or self._next >= len(self._items) or not self._env.is_running():
                return None
            self._next += 1
            return self._next - 1

    def _begin(self, worker: Any) -> tuple[int, Any] | None:
        """Start the next iteration, if there is one, in a frame of its own."""
        index = self._take()
        if index is None:
            return None
        frame = worker.open_inner_frame()
        frame.event_manager = Gate(self._env.event_manager)
        self._running[index] = frame
        details = {"mapIterationStartedEventDetails": self._about(index)}
        self._event(frame, HistoryEventType.MapIterationStarted, details, moves=True)
        return index, frame

    def _work(self, worker: Any, begun: tuple[int, Any] | None) -> None:
        while begun is not None:
            index, frame = begun
            error = self._iterate(frame, index)
            worker.close_frame(frame)
            if self._finished(index, frame, error):
                self._leave(worker, moves=error is None)
                self._done.set()
                return
            if self._workers == len(self._items):
                break  # as many at once as there are: none follows another
            begun = self._begin(worker)
        self._leave(worker, moves=True)
        if not self._env.is_running():
            self._done.set()

    def _leave(self, worker: Any, *, moves: bool) -> None:
        """What comes after the Map follows the last event of its iterations."""
        context = worker.event_history_context
        if moves:
            context.source_event_id = context.last_published_event_id
        self._env.close_frame(worker)

    def _finished(self, index: int, frame: Any, error: dict[str, Any] | None) -> bool:
        """Note an iteration's end; whether it was the last that anybody waits for."""
        with self._lock:
            self._running.pop(index, None)
            self._left -= 1
            if error is None:
                self._outputs[index] = frame.states.get_input()
            elif self._error is None:
                self._error, self._failed = error, frame
            return self._left == 0 or error is not None

    def _iterate(self, frame: Any, index: int) -> dict[str, Any] | None:
        error = iterate(
            frame, self._program, lambda: self._state.select(frame, self._env, index, self._items[index])
        )
        if error is None:
            kind, name = HistoryEventType.MapIterationSucceeded, "mapIterationSucceededEventDetails"
        elif "stopped" in error:
            kind, name = HistoryEventType.MapIterationAborted, "mapIterationAbortedEventDetails"
        else:
            kind, name = HistoryEventType.MapIterationFailed, "mapIterationFailedEventDetails"
        self._event(frame, kind, {name: self._about(index)})
        return error

    def _about(self, index: int) -> dict[str, Any]:
        return {"name": self._state.name, "index": index}

    @staticmethod
    def _event(frame: Any, kind: Any, details: dict[str, Any], *, moves: bool = False) -> None:
        frame.event_manager.add_event(
            context=frame.event_history_context,
            event_type=kind,
            event_details=details,
            update_source_event_id=moves,
        )

    def _abort_running(self) -> None:
        with self._lock:
            running = dict(self._running)
        give_up(self._failed, self._failed)
        for index, frame in sorted(running.items()):
            details = {"mapIterationAbortedEventDetails": self._about(index)}
            self._event(frame, HistoryEventType.MapIterationAborted, details)
            give_up(frame, self._failed)

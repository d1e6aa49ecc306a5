"""The Parallel state: every branch in a thread, the first failure ends them all."""

from __future__ import annotations

import copy
import functools
import threading
from typing import Any

from localcloud.services.states.interpreter.faults import failure_inside
from localcloud.services.states.interpreter.scopes import Gate, give_up, in_thread, run_program
from localcloud.services.states.interpreter.seam import HistoryEventType, StateParallel
from localcloud.services.states.interpreter.states import Faulty


class Parallel(Faulty, StateParallel):  # type: ignore[misc]
    failed_event = HistoryEventType.ParallelStateFailed

    def _prepare(self, env: Any) -> None:
        if self.parargs is not None:
            self.parargs.eval(env=env)
        # Every attempt starts from the same input.
        self._keep(env, copy.deepcopy(env.stack.pop()))

    def _attempt(self, env: Any) -> None:
        env.stack.append(copy.deepcopy(self._kept(env)))
        super()._attempt(env)

    def _keep(self, env: Any, value: Any) -> None:
        env.heap[f"{self.heap_key}-input"] = value

    def _kept(self, env: Any) -> Any:
        return env.heap[f"{self.heap_key}-input"]

    def _eval_execution(self, env: Any) -> None:
        env.event_manager.add_event(
            context=env.event_history_context, event_type=HistoryEventType.ParallelStateStarted
        )
        outputs = _Branches(env, self.branches.programs, env.stack.pop()).run()
        env.stack.append(outputs)
        env.event_manager.add_event(
            context=env.event_history_context,
            event_type=HistoryEventType.ParallelStateSucceeded,
            update_source_event_id=False,
        )


class _Branches:
    def __init__(self, env: Any, programs: list[Any], value: Any) -> None:
        self._env, self._programs = env, programs
        self._left = len(programs)
        self._error: dict[str, Any] | None = None
        self._failed: Any = None
        self._lock, self._done = threading.Lock(), threading.Event()
        self._frames = [self._frame(value) for _ in programs]

    def _frame(self, value: Any) -> Any:
        frame = self._env.open_inner_frame()
        frame.event_manager = Gate(self._env.event_manager)
        frame.states.reset(input_value=value)
        return frame

    def run(self) -> list[Any]:
        for program, frame in zip(self._programs, self._frames, strict=True):
            in_thread("branch", functools.partial(self._branch, program, frame))
        self._done.wait()
        if self._error is not None:
            self._give_up()
            raise failure_inside(self._env, self._error, HistoryEventType.ExecutionFailed)
        for frame in self._frames:
            self._env.close_frame(frame)
        return [frame.states.get_input() for frame in self._frames]

    def _branch(self, program: Any, frame: Any) -> None:
        error = run_program(program, frame)
        with self._lock:
            self._left -= 1
            if error is not None and self._error is None:
                self._error, self._failed = error, frame
            if self._left == 0 or error is not None:
                self._done.set()

    def _give_up(self) -> None:
        for frame in self._frames:
            give_up(frame, self._failed)
            self._env.close_frame(frame)
        self._env.event_history_context.source_event_id = self._failed.event_history_context.source_event_id

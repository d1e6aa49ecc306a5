"""Programs inside a program: branches of a Parallel, iterations of a Map, children of a Map Run.

Each runs in a frame of the state's environment. A frame writes into the history through a gate, which
is shut when the frame is given up, so that what its last task still does does not appear after the
state has failed.
"""

# ruff: noqa: SLF001 - private names of moto are what this package is about

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from localcloud.services.states.interpreter.faults import RUNTIME
from localcloud.services.states.interpreter.history import start_context
from localcloud.services.states.interpreter.seam import (
    Environment,
    FailureEventException,
    HistoryEventType,
    NoSuchJsonPathError,
    ProgramError,
    ProgramStopped,
)
from localcloud.services.states.interpreter.states import missing_path


class Gate:
    """A way into a history that can be shut."""

    def __init__(self, history: Any) -> None:
        self._history, self._shut, self._lock = history, False, threading.Lock()

    def add_event(self, *args: Any, **kwargs: Any) -> int:
        with self._lock:
            return 0 if self._shut else int(self._history.add_event(*args, **kwargs))

    def shut(self) -> None:
        with self._lock:
            self._shut = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._history, name)


class Scope(Environment):  # type: ignore[misc]
    """moto's environment, whose frames keep the item that a Map is at."""

    @classmethod
    def as_frame_of(cls, env: Any, event_history_frame_cache: Any = None) -> Any:
        return cls.as_inner_frame_of(env, env.variable_store, event_history_frame_cache)

    @classmethod
    def as_inner_frame_of(cls, env: Any, variable_store: Any, event_history_frame_cache: Any = None) -> Any:
        frame = super().as_inner_frame_of(env, variable_store, event_history_frame_cache)
        outer = env.states.context_object.context_object_data
        if "Map" in outer:
            frame.states.context_object.context_object_data["Map"] = outer["Map"]
        frame.observer = getattr(env, "observer", None)
        frame.submitted = getattr(env, "submitted", None)
        frame.event_history_context.entered = getattr(env.event_history_context, "entered", 0)
        frame.event_history_context.before = getattr(env.event_history_context, "before", 0)
        return frame


def give_up(frame: Any, failed: Any) -> None:
    """End a frame of a Map or a Parallel that the frame `failed` has failed. AWS calls the state that a
    frame is left in aborted, where states of its kind can be, and lets that follow the failure.
    """
    inside = getattr(frame.event_history_context, "inside", None)
    aborted = getattr(HistoryEventType, f"{inside}Aborted", None)
    if aborted is not None:
        frame.event_manager.add_event(
            context=start_context(failed.event_history_context.source_event_id), event_type=aborted
        )
    frame.event_manager.shut()
    frame.set_stop(stop_date=datetime.now(UTC), cause=None, error=None)


def run_program(program: Any, frame: Any) -> dict[str, Any] | None:
    """Run a program in a frame to its end; None, or the error and cause that it failed with."""
    with contextlib.suppress(RuntimeError):  # given up before it began
        frame.next_state_name = program.start_at.start_at_name
    program._eval_body(frame)
    ended = frame.program_state()
    if isinstance(ended, ProgramError):
        return dict(ended.error or {})
    if isinstance(ended, ProgramStopped):
        return {"stopped": True}
    return None


def iterate(frame: Any, program: Any, select: Callable[[], Any]) -> dict[str, Any] | None:
    """Evaluate the input of an iteration and run it; None, or the error it failed with."""
    try:
        frame.states.reset(input_value=select())
        frame.stack.clear()
    except FailureEventException as error:
        return dict(error.get_execution_failed_event_details() or {"error": RUNTIME})
    except NoSuchJsonPathError as error:
        return dict(missing_path(frame, error).get_execution_failed_event_details())
    return run_program(program, frame)


def in_thread(name: str, target: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=target, name=name, daemon=True)
    thread.start()
    return thread

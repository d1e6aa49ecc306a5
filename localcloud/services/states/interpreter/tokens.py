"""Task tokens: which wait of which execution a token belongs to.

A token is one wait's name for the outside. It is known in the whole process, because whoever sends it
back knows nothing else; it is gone once its wait has ended, and then AWS says that the task timed out.
"""

# ruff: noqa: SLF001 - private names of moto are what this package is about

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from localcloud.services.states.interpreter.seam import (
    ActivityCallbackEndpoint,
    ActivityDoesNotExist,
    ActivityTask,
    CallbackEndpoint,
    CallbackOutcomeFailure,
    CallbackOutcomeSuccess,
    CallbackPoolManager,
)


class UnknownToken(Exception):
    """There never was such a token."""


class TokenExpired(Exception):
    """The task that waited for the token waits no more."""


_pools: dict[str, Tokens] = {}
_lock = threading.Lock()


class Tokens(CallbackPoolManager):  # type: ignore[misc]
    """The waits of one execution. moto's pool, known by its tokens to the whole process."""

    # Told of every token that a task waits for.
    listener: Callable[[str], None] | None = None
    # Whose tokens these are, but for those of activities.
    machine_arn = "*"

    def __init__(self, activity_store: Any) -> None:
        super().__init__(activity_store=activity_store)
        self.activities: dict[str, str] = {}

    def add(self, callback_id: str) -> CallbackEndpoint:
        endpoint = super().add(callback_id)
        self._publish(callback_id)
        return endpoint

    def waits(self, token: str) -> None:
        """Somebody is about to be given the token."""
        if self.listener is not None:
            self.listener(token)

    def also(self, earlier: str, token: str) -> None:
        """A token that was handed out in an earlier life ends the same wait."""
        self._pool[earlier] = self._pool[token]
        self._publish(earlier)
        self.waits(earlier)

    def knows(self, activity_arn: str) -> bool:
        return self._activity_store.get(activity_arn) is not None

    def add_activity_task(self, callback_id: str, activity_arn: str, activity_input: str) -> Any:
        """A task for an activity's workers; it can be found by its token before a worker can take it."""
        activity = self._activity_store.get(activity_arn)
        if activity is None:
            raise ActivityDoesNotExist(f"The activity {activity_arn} does not exist.")
        endpoint = ActivityCallbackEndpoint(callback_id=callback_id, activity_input=activity_input)
        self._pool[callback_id] = endpoint
        self.activities[callback_id] = activity_arn
        self._publish(callback_id)
        activity.add_task(ActivityTask(task_token=callback_id, task_input=activity_input))
        return endpoint

    def _publish(self, token: str) -> None:
        with _lock:
            _pools[token] = self

    def release(self) -> None:
        """End every wait; their tokens are known no more."""
        with _lock:
            for token in [token for token, pool in _pools.items() if pool is self]:
                del _pools[token]
        for endpoint in list(self._pool.values()):
            endpoint.interrupt_all()


def _endpoint(token: str) -> Any:
    with _lock:
        pool = _pools.get(token)
    if pool is None:
        raise UnknownToken(token)
    endpoint = pool.get(token)
    if endpoint is None or endpoint._notify_event.is_set():
        raise TokenExpired(token)
    return endpoint


def known(token: str) -> bool:
    """Whether an execution waits, or has waited, for the token."""
    with _lock:
        return token in _pools


def owner(token: str) -> str:
    """The ARN of the state machine or of the activity that the token is of; "*" where there is none."""
    with _lock:
        pool = _pools.get(token)
    return pool.activities.get(token, pool.machine_arn) if pool is not None else "*"


def succeed(token: str, output: str) -> None:
    _endpoint(token).notify(CallbackOutcomeSuccess(callback_id=token, output=output))


def fail(token: str, error: str | None, cause: str | None) -> None:
    _endpoint(token).notify(CallbackOutcomeFailure(callback_id=token, error=error, cause=cause))


def heartbeat(token: str) -> None:
    _endpoint(token).notify_heartbeat()


def start_activity(token: str, worker: str | None) -> None:
    """An activity's worker has taken the task of that token."""
    _endpoint(token).notify_activity_task_start(worker)

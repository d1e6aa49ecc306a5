"""Executions over the end of the process: written down as they go, gone on with at the next start.

A task is asked for only when it stands on the disk that it will be, and its answer stands there before
anything follows from it; everything else of an execution is written a moment later. So after a kill at most
the states since the last task are done again, and they have no effect outside of the execution.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Protocol

from localcloud.durability.unit import no_unit
from localcloud.services.states.interpreter.resuming import DURABLE

if TYPE_CHECKING:
    from localcloud.durability.unit import Keeper
    from localcloud.ministack.state import Durable
    from localcloud.ministack.stepfunctions.store import Members, Store
    from localcloud.services.states.engine import Engine
    from localcloud.services.states.interpreter.execution import Journal

_CUT_OFF = "The local cloud was stopped while this execution ran."


class Keep(Protocol):
    """Who keeps executions over the end of the process."""

    @property
    def stopping(self) -> bool:
        """Whether the cloud goes down."""

    def stop(self) -> None:
        """The cloud goes down: what runs is left as it stands."""

    def restore(self) -> None:
        """Put the records of what was running back, when the others are."""

    def unfinished(self) -> list[tuple[str, str, Members]]:
        """Account, region and record of what was running; told once."""

    def journal(self, record: Members) -> Journal | None:
        """Where an execution writes down how far it has come."""

    def unit(self) -> AbstractContextManager[Any]:
        """What happens inside is kept as a whole."""

    def apart(self) -> AbstractContextManager[None]:
        """What happens inside is not part of the request that it was begun in."""


class ForgottenExecutions:
    """Executions end with the process."""

    stopping = False

    def stop(self) -> None: ...
    def restore(self) -> None: ...
    def unfinished(self) -> list[tuple[str, str, Members]]:
        return []

    def journal(self, _: Members) -> None:
        return None

    def unit(self) -> AbstractContextManager[None]:
        return nullcontext()

    def apart(self) -> AbstractContextManager[None]:
        return nullcontext()


class KeptExecutions:
    """Executions are written to the state of the cloud."""

    def __init__(self, store: Store, durable: Durable) -> None:
        self._executions, self._durable = store.executions._data, durable
        self.stopping = False

    def stop(self) -> None:
        self.stopping = True
        self._durable.freeze(self._executions)

    def restore(self) -> None:
        dict.update(self._executions, self._durable.running)

    def unfinished(self) -> list[tuple[str, str, Members]]:
        running, self._durable.running = self._durable.running, {}
        return [(account, region, record) for (account, region, _), record in running.items()]

    def journal(self, record: Members) -> Journal:
        return _Journal(self._durable.keeper, self._executions, record)

    def unit(self) -> AbstractContextManager[Any]:
        return self._durable.keeper.unit()

    def apart(self) -> AbstractContextManager[None]:
        return no_unit()


class _Journal:
    """How far one execution has come."""

    def __init__(self, keeper: Keeper, executions: Any, record: Members) -> None:
        self._keeper, self._executions, self._record = keeper, executions, record
        _, _, _, region, account, *_ = record["executionArn"].split(":")
        self._key = (account, region, record["executionArn"])

    def event(self, history: list[dict[str, Any]], kind: str) -> None:
        if self._record.get("events") is not history:
            self._record["events"] = history
        if kind in DURABLE:
            self._keeper.now(self._executions, self._key)
        else:
            self._keeper.later(self._executions, self._key)

    def following(self, state: str) -> None:
        self._record["following"] = state
        self._keeper.later(self._executions, self._key)

    def token(self, token: str) -> None:
        self._record["token"] = token
        self._keeper.now(self._executions, self._key)


class Resumption:
    """What becomes of the executions that an earlier process was killed in."""

    def __init__(self, store: Store, engine: Engine, keep: Keep) -> None:
        self._store, self._engine, self._keep = store, engine, keep

    def start(self) -> None:
        """In a thread, for the interpreter's import takes a second."""
        unfinished = self._keep.unfinished()
        if unfinished:
            threading.Thread(
                target=self._resume, args=(unfinished,), name="localcloud-resume", daemon=True
            ).start()

    def _resume(self, unfinished: list[tuple[str, str, Members]]) -> None:
        from ministack.core.responses import request_scope

        self._abort_map_runs()
        for account, region, record in unfinished:
            with request_scope(account, region):
                self._go_on(record)

    def _go_on(self, record: Members) -> None:
        if record.get("mapRunArn"):
            # The Map state is done again, in a new Map Run.
            self._end(record, status="ABORTED")
        elif record.get("sync"):
            # Who waited for it is gone.
            self._end(record, status="FAILED", error="States.Runtime", cause=_CUT_OFF)
        else:
            self._engine.resume(record)

    def _end(self, record: Members, **how: str) -> None:
        record.update(stopDate=self._store.now(), **how)
        self._store.executions[record["executionArn"]] = record

    def _abort_map_runs(self) -> None:
        for run in self._store.map_runs.all_values():
            if run["status"] == "RUNNING":
                run.update(status="ABORTED", stopDate=self._store.now())

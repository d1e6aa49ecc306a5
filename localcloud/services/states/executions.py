"""Executions over the end of the process: written down as they go, gone on with at the next start.

A task is asked for only when it stands on the disk that it will be, and its answer stands there before
anything follows from it; everything else of an execution is written a moment later. So after a kill at most
the states since the last task are done again, and they have no effect outside of the execution.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from localcloud.durability.unit import no_unit
from localcloud.services.states.interpreter.resuming import DURABLE

if TYPE_CHECKING:
    from localcloud.durability.unit import Keeper, Unit
    from localcloud.ministack.state import Durable
    from localcloud.services.states.engine import Engine

_CUT_OFF = "The local cloud was stopped while this execution ran."


class Executions:
    """Keeps the executions of one engine."""

    def __init__(self, engine: Engine, durable: Durable) -> None:
        from ministack.services import stepfunctions

        self._sfn, self._engine, self._durable = stepfunctions, engine, durable
        self.stopping = False
        engine.keep = self
        run = stepfunctions._run_execution

        def run_apart(arn: str) -> None:
            # An execution is no part of the request that starts it.
            with no_unit():
                run(arn)

        stepfunctions._run_execution = run_apart
        load = stepfunctions.load_persisted_state

        def load_with_running(data: Any) -> None:
            load(data)
            dict.update(stepfunctions._executions._data, durable.running)

        stepfunctions.load_persisted_state = load_with_running

    def stop(self) -> None:
        """The cloud goes down: what runs is left as it stands."""
        self.stopping = True
        self._durable.freeze(self._sfn._executions._data)

    def unit(self) -> AbstractContextManager[Unit]:
        return self._durable.keeper.unit()

    def journal(self, record: dict[str, Any]) -> Journal:
        return Journal(self._durable.keeper, self._sfn._executions._data, record)

    def resume(self) -> None:
        """Go on with what the last process was killed in. In a thread, for the interpreter's import takes a
        second."""
        if self._durable.running:
            threading.Thread(target=self._resume, name="localcloud-resume", daemon=True).start()

    def _resume(self) -> None:
        from ministack.core.responses import request_scope

        running, self._durable.running = self._durable.running, {}
        self._abort_map_runs()
        for (account, region, _), record in running.items():
            with request_scope(account, region):
                self._go_on(record)

    def _go_on(self, record: dict[str, Any]) -> None:
        if record.get("mapRunArn"):
            # The Map state is done again, in a new Map Run.
            self._end(record, status="ABORTED")
        elif record.get("sync"):
            # Who waited for it is gone.
            self._end(record, status="FAILED", error="States.Runtime", cause=_CUT_OFF)
        else:
            self._engine.resume(record)

    def _end(self, record: dict[str, Any], **how: str) -> None:
        record.update(stopDate=self._sfn.now_iso(), **how)
        self._sfn._executions[record["executionArn"]] = record

    def _abort_map_runs(self) -> None:
        for run in self._sfn._map_runs.all_values():
            if run["status"] == "RUNNING":
                run.update(status="ABORTED", stopDate=self._sfn.now_iso())


class Journal:
    """How far one execution has come."""

    def __init__(self, keeper: Keeper, executions: Any, record: dict[str, Any]) -> None:
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

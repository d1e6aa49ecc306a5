"""Pieces of work: what one of them changed is on the disk, all of it at once, before it is over.

    with keeper.unit():
        ...

A request is one; so is what an execution does at its end, or an alarm at a change of state. Pieces do not
nest: inside another one, `unit` is part of it. What is changed outside of any is written a moment later by a
thread that also looks again at what was touched lately, because whoever fetched a record may change it after
the comparison.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from localcloud.durability.database import Database, Row, done_row, pending_row
from localcloud.durability.records import Table
from localcloud.durability.tracked import Touches, Tracked, background, current, unnoticed

_log = logging.getLogger("localcloud.durability")
_PAUSE, _LOOK_AGAIN, _SLOW_ROUNDS = 0.2, 5, 5
Taken = list[tuple[Tracked, set[Any]]]


class Unit:
    """One piece of work."""

    def __init__(self) -> None:
        self.touches = Touches()
        self.closed = False


class Keeper:
    """Compares what was touched with what was written, and writes the difference."""

    def __init__(self, database: Database, table_of: Callable[[Tracked], Table | None]) -> None:
        self.database = database
        self._table_of = table_of
        self._compare = threading.Lock()
        self._slow = Touches()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="localcloud-keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Write what is left, and close the file."""
        self._stopped.set()
        self._thread.join(10)
        self.catch_up()
        self.database.close()

    def catch_up(self) -> None:
        """Write all that was touched outside of pieces of work."""
        self._put(background.take())
        self._put(self._slow.take(), slow=True)
        self.database.wait()

    @contextlib.contextmanager
    def unit(self) -> Iterator[Unit]:
        open_one = current.get()
        if open_one is not None and not open_one.closed:
            yield open_one
            return
        unit = Unit()
        token = current.set(unit)
        try:
            yield unit
        finally:
            current.reset(token)
            self.database.wait(self.close(unit))

    def close(self, unit: Unit, *, changed: bool = True) -> int:
        """Compare what a piece of work touched and queue its rows; the ticket to wait for. `changed` is
        False for work that only reads."""
        unit.closed = True
        return self._put(unit.touches.take()) if changed else 0

    def handing_over(self, kind: str, value: Any) -> str:
        """Note an event that somebody must get even if the cloud is killed: it is on the disk with the piece
        of work that is going on, or at once. `handed_over` when he has it."""
        identity = f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
        ticket = self.database.put([pending_row(identity, kind, json.dumps(value))])
        unit = current.get()
        if unit is None or unit.closed:
            self.database.wait(ticket)
        return identity

    def handed_over(self, identity: str) -> None:
        """He has it: what came of that is written before the event is forgotten."""
        taken = background.take()
        self._put(taken)
        # Others may still be at what they touched: it is looked at again like all that was touched lately.
        background.add(taken)
        self.database.put([done_row(identity)])

    def later(self, store: Tracked, key: Any) -> None:
        """Write one record in a moment."""
        background.note(store, key)

    def now(self, store: Tracked, key: Any) -> None:
        """Write one record and wait."""
        self.database.wait(self._put([(store, {key})]))

    def _put(self, taken: Taken, *, slow: bool = False) -> int:
        with self._compare, unnoticed():
            return self.database.put(
                [row for store, keys in taken for row in self._rows(store, keys, slow=slow)]
            )

    def _rows(self, store: Tracked, keys: set[Any], *, slow: bool) -> list[Row]:
        for _ in range(3):
            try:
                table = self._table_of(store)
                if table is None:
                    return []
                if table.slow and not slow:
                    self._slow.add([(store, keys)])
                    return []
                return table.rows(store, keys)
            except RuntimeError:  # changed by another thread meanwhile
                continue
            except (TypeError, ValueError, KeyError):
                _log.exception("records of %s cannot be kept", getattr(store.table, "service", "a service"))
                return []
        background.add([(store, keys)])
        return []

    def _run(self) -> None:
        lately: deque[Taken] = deque(maxlen=_LOOK_AGAIN)
        rounds = 0
        while not self._stopped.wait(_PAUSE):
            rounds += 1
            lately.append(background.take())
            again = Touches()
            for taken in lately:
                again.add(taken)
            try:
                self._put(again.take())
                if rounds % _SLOW_ROUNDS == 0:
                    self._put(self._slow.take(), slow=True)
                self.database.wait()
            except Exception:  # noqa: BLE001 - tried again at the next round
                _log.exception("the state could not be written")


@contextlib.contextmanager
def no_unit() -> Iterator[None]:
    """What is started here is not part of the piece of work that starts it."""
    token = current.set(None)
    try:
        yield
    finally:
        current.reset(token)

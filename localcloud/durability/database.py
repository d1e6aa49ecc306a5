"""One SQLite file of rows, written before anybody is answered.

A row is a record, a part of a record, or an event that waits to be handed over. Whoever has changed something
puts its rows in (`put`) and waits for them (`wait`); the first to wait writes everything that was put in by
then, in one transaction, for all who wait with it. The order of `put` is the order in the file.

Written means handed to the operating system, which keeps it whatever becomes of this process. There is no
fsync for each change, because a busy disk takes 10 ms and more for one: after a power cut the last seconds
may be missing, but what is there is whole.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

_TABLES = """
CREATE TABLE IF NOT EXISTS records (
    service TEXT, store TEXT, key TEXT, part TEXT, value TEXT,
    PRIMARY KEY (service, store, key, part)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending (id TEXT PRIMARY KEY, kind TEXT, value TEXT) WITHOUT ROWID;
"""
_PUT = "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?)"
_DROP_PART = "DELETE FROM records WHERE service = ? AND store = ? AND key = ? AND part = ?"
_DROP = "DELETE FROM records WHERE service = ? AND store = ? AND key = ?"
_ADD = "INSERT OR REPLACE INTO pending VALUES (?, ?, ?)"
_DONE = "DELETE FROM pending WHERE id = ?"

Row = tuple[str, tuple[str, ...]]


class Stored(NamedTuple):
    store: str
    key: str
    part: str
    value: str


class Pending(NamedTuple):
    id: str
    kind: str
    value: str


class Database:
    """The rows of one state directory; used from any thread."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Autocommit: transactions are begun and ended here, by name.
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "wal_autocheckpoint = 2000"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(_TABLES)
        self._queued: list[Row] = []
        self._queue_lock, self._write_lock = threading.Lock(), threading.Lock()
        self._given = self._written = 0

    def put(self, rows: list[Row]) -> int:
        """Queue rows; the ticket to wait for."""
        with self._queue_lock:
            if rows:
                self._queued += rows
                self._given += 1
            return self._given

    def wait(self, ticket: int | None = None) -> None:
        """Return when everything put in until that ticket (None: until now) is in the file."""
        wanted = self._given if ticket is None else ticket
        if self._written >= wanted:
            return
        with self._write_lock:
            if self._written < wanted:
                self._write()

    def settled(self, ticket: int) -> bool:
        return self._written >= ticket

    def _write(self) -> None:
        with self._queue_lock:
            rows, self._queued, given = self._queued, [], self._given
        with self._transaction():
            for statement, values in rows:
                self._connection.execute(statement, values)
        self._written = given

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def stored(self, service: str) -> list[Stored]:
        with self._write_lock:
            rows = self._connection.execute(
                "SELECT store, key, part, value FROM records WHERE service = ? ORDER BY store, key, part",
                (service,),
            )
            return [Stored(*row) for row in rows]

    def pending(self) -> list[Pending]:
        """What waits to be handed over, oldest first."""
        with self._write_lock:
            return [Pending(*row) for row in self._connection.execute("SELECT * FROM pending ORDER BY id")]

    def close(self) -> None:
        self.wait()
        with self._write_lock:
            self._connection.close()


def put_row(service: str, store: str, key: str, part: str, value: str) -> Row:
    return _PUT, (service, store, key, part, value)


def drop_row(service: str, store: str, key: str, part: str | None = None) -> Row:
    """Forget a record with its parts, or one of its parts."""
    return (_DROP, (service, store, key)) if part is None else (_DROP_PART, (service, store, key, part))


def pending_row(identity: str, kind: str, value: str) -> Row:
    return _ADD, (identity, kind, value)


def done_row(identity: str) -> Row:
    return _DONE, (identity,)

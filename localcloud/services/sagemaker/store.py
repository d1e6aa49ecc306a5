"""What the service remembers: one JSON file a resource, under `<state>/sagemaker/<kind>/`.

A record is written to a new file, forced to the disk and renamed over the old one before the call that
changed it is answered, so a process killed at any moment loses nothing that it had acknowledged, and a
person can read the state with `cat`. Everything is held in memory too; reads never touch the disk. The
cost: one fsync a change, a few milliseconds on a slow disk, and the whole state must fit in memory, which a
laptop's does.
"""

from __future__ import annotations

import copy
import json
import os
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Record = dict[str, Any]


class Store:
    """The records of one kind, by key. Records go in and come out as copies."""

    def __init__(self, folder: Path, lock: threading.RLock) -> None:
        self._folder = folder
        self._records: dict[str, Record] = {}
        # One lock for all kinds, so that "look there, then write here" is one step.
        self.lock = lock
        folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(folder.glob("*.json")):
            self._records[unquote(file.stem)] = json.loads(file.read_text("utf-8"))

    def get(self, key: str) -> Record | None:
        with self.lock:
            record = self._records.get(key)
            return copy.deepcopy(record) if record is not None else None

    def all(self) -> list[Record]:
        with self.lock:
            return copy.deepcopy(list(self._records.values()))

    def put(self, key: str, record: Record) -> None:
        with self.lock:
            self._write(key, record)
            self._records[key] = copy.deepcopy(record)

    def change(self, key: str, change: Callable[[Record], None]) -> Record:
        """Apply a change to the record as it is now, and write it. KeyError where there is none."""
        with self.lock:
            record = copy.deepcopy(self._records[key])
            change(record)
            self.put(key, record)
            return record

    def delete(self, key: str) -> None:
        with self.lock:
            self._records.pop(key, None)
            self._file(key).unlink(missing_ok=True)
            self._sync_folder()

    def _file(self, key: str) -> Path:
        return self._folder / f"{quote(key, safe='')}.json"

    def _write(self, key: str, record: Record) -> None:
        target = self._file(key)
        draft = target.with_suffix(".new")
        with draft.open("w", encoding="utf-8") as stream:
            json.dump(record, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(target)
        self._sync_folder()

    def _sync_folder(self) -> None:
        """A rename is safe only once the folder itself is on the disk."""
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class Stores:
    """One store a kind of resource, made on first use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stores: dict[str, Store] = {}
        self.lock = threading.RLock()

    def of(self, kind: str) -> Store:
        with self.lock:
            if kind not in self._stores:
                self._stores[kind] = Store(self._folder / kind, self.lock)
            return self._stores[kind]

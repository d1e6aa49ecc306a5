"""Every decision, in memory and as JSON lines in the state directory.

Decisions are written by a thread of their own, a moment after they were made: a `kill -9` may lose the last
half second of them. The file is started anew once it is large, and the one before is kept.
"""

from __future__ import annotations

import collections
import json
import queue
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

_IN_MEMORY = 20_000
_LARGE = 64 * 1024 * 1024
_PAUSE = 0.25
FILE = "decisions.jsonl"


@dataclass(frozen=True)
class Decision:
    """One question and its answer. `kind` and `statement` say what decided; both may be empty."""

    principal: str
    identity: str
    action: str
    resource: str
    allowed: bool
    kind: str
    statement: str
    reason: str
    # What conditions could see of the request, as far as it is this request's own.
    context: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    at: float = field(default_factory=time.time)

    @property
    def message(self) -> str:
        """AWS's sentence."""
        return (
            f"User: {self.principal} is not authorized to perform: {self.action} "
            f"on resource: {self.resource} {self.reason}"
        )


class Records:
    """The decisions of one cloud, the latest last."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / FILE
        self._latest: collections.deque[Decision] = collections.deque(maxlen=_IN_MEMORY)
        self._unwritten: queue.SimpleQueue[Decision] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._writer = threading.Thread(target=self._write, name="localcloud-decisions", daemon=True)

    def start(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._writer.start()

    def stop(self) -> None:
        self._closing.set()
        if self._writer.is_alive():
            self._writer.join(5)

    def add(self, decision: Decision) -> None:
        self._latest.append(decision)
        self._unwritten.put(decision)

    def listed(self, *, denied: bool = False, limit: int | None = None) -> list[Decision]:
        found = [d for d in list(self._latest) if not (denied and d.allowed)]
        return found[-limit:] if limit else found

    def _write(self) -> None:
        while not self._closing.wait(_PAUSE):
            self._drain()
        self._drain()

    def _drain(self) -> None:
        if self._unwritten.empty():
            return
        if self._path.exists() and self._path.stat().st_size > _LARGE:
            self._path.replace(self._path.with_suffix(".before.jsonl"))
        with self._path.open("a", encoding="utf-8") as file:
            while not self._unwritten.empty():
                file.write(json.dumps(as_json(self._unwritten.get()), default=str) + "\n")


def as_json(decision: Decision) -> dict[str, Any]:
    return asdict(decision)


def read(state_dir: Path) -> Iterable[Decision]:
    """The decisions that a state directory holds, the oldest first."""
    for name in (Path(FILE).with_suffix(".before.jsonl").name, FILE):
        path = state_dir / name
        if path.exists():
            with path.open(encoding="utf-8") as file:
                yield from (_decision(json.loads(line)) for line in file if line.endswith("\n"))


def _decision(given: dict[str, Any]) -> Decision:
    return Decision(**{**given, "problems": tuple(given.get("problems") or ())})

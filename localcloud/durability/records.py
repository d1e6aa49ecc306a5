"""Where a dictionary of records is kept, and which rows its changes make.

A record whose parts are many (a table's items, a queue's messages, an execution's history) is kept as a head
and one row a part, so that a change costs what changed and not what is there.
"""

from __future__ import annotations

import ast
import itertools
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from localcloud.durability.codec import Codec
from localcloud.durability.database import Row, Stored, drop_row, put_row
from localcloud.durability.tracked import ALL, Tracked, TrackedParts

_MISSING = object()


class Split:
    """A member of a record that is kept in parts. One object a store."""

    name: str

    def changes(self, key: Any, record: dict[str, Any]) -> Iterable[tuple[str, Any]]:
        """Parts to write, and parts (with None) to drop."""
        raise NotImplementedError

    def forget(self, key: Any) -> None:
        """The record is gone."""

    def doubt(self, key: Any, record: Any) -> None:
        """The changes told last were not queued: tell them again."""

    def known(self, key: Any, parts: list[str]) -> None:
        """What is on the disk at the start."""

    def join(self, parts: list[tuple[str, Any]]) -> Any:
        """The member, from its parts in the order of their names."""
        raise NotImplementedError


@dataclass
class Appended(Split):
    """A list that only grows, such as a history."""

    name: str
    _written: dict[Any, tuple[int, int]] = field(default_factory=dict)

    def changes(self, key: Any, record: dict[str, Any]) -> Iterable[tuple[str, Any]]:
        items = record.get(self.name) or []
        whose, count = self._written.get(key, (0, 0))
        if whose != id(items):
            count = 0
        until = len(items)
        self._written[key] = (id(items), until)
        return [(f"{number:08d}", items[number]) for number in range(count, until)]

    def forget(self, key: Any) -> None:
        self._written.pop(key, None)

    def doubt(self, key: Any, record: Any) -> None:  # noqa: ARG002
        self.forget(key)

    def join(self, parts: list[tuple[str, Any]]) -> Any:
        return [part for _, part in parts]


@dataclass
class Fingerprinted(Split):
    """A list or a mapping whose parts are cheap to tell apart from what they were."""

    name: str
    fingerprint: Callable[[Any], Any]
    # The member of a part that names it, in a list; None where the member is a mapping.
    id_name: str | None = None
    _seen: dict[Any, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    _order: dict[Any, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    _next: Any = field(default_factory=lambda: itertools.count(time.time_ns()))

    def changes(self, key: Any, record: dict[str, Any]) -> Iterable[tuple[str, Any]]:
        parts, seen = self._named(record), self._seen[key]
        changed: list[tuple[str, Any]] = [(name, None) for name in seen if name not in parts]
        for name, part in parts.items():
            mark = self.fingerprint(part)
            if name not in seen or seen[name] != mark:
                seen[name] = mark
                changed.append((name, self._placed(key, name, part)))
        for name, part in changed:
            if part is None:
                seen.pop(name)
                self._order[key].pop(name, None)
        return changed

    def _named(self, record: dict[str, Any]) -> dict[str, Any]:
        value = record.get(self.name) or {}
        return {part[self.id_name]: part for part in list(value)} if self.id_name else dict(value)

    def _placed(self, key: Any, name: str, part: Any) -> Any:
        """A list's part carries its index, which it keeps."""
        if self.id_name is None:
            return part
        return [self._order[key].setdefault(name, next(self._next)), part]

    def forget(self, key: Any) -> None:
        self._seen.pop(key, None)
        self._order.pop(key, None)

    def doubt(self, key: Any, record: Any) -> None:  # noqa: ARG002
        self._seen[key] = dict.fromkeys(self._seen[key])

    def known(self, key: Any, parts: list[str]) -> None:
        self._seen[key] = dict.fromkeys(parts)

    def join(self, parts: list[tuple[str, Any]]) -> Any:
        if self.id_name is None:
            return dict(parts)
        return [part for _, part in sorted((value for _, value in parts), key=lambda value: value[0])]


@dataclass
class Watched(Split):
    """A mapping that is made to note which of its parts were looked at."""

    name: str

    def changes(self, key: Any, record: dict[str, Any]) -> Iterable[tuple[str, Any]]:  # noqa: ARG002
        parts = record.get(self.name)
        if not isinstance(parts, TrackedParts):
            parts = record[self.name] = TrackedParts(dict, parts or {})
        dirty, parts.dirty = parts.dirty, set()
        return [(name, dict.get(parts, name) or None) for name in dirty]

    def doubt(self, key: Any, record: Any) -> None:  # noqa: ARG002
        parts = record.get(self.name)
        if isinstance(parts, TrackedParts):
            parts.dirty.update(parts)

    def join(self, parts: list[tuple[str, Any]]) -> Any:
        return dict(parts)


@dataclass
class Table:
    """Where one dictionary is kept."""

    service: str
    store: str
    codec: Codec
    left_out: tuple[str, ...] = ()
    split: Split | None = None
    # Changes often and may lose a second: compared once a second, by nobody who waits.
    slow: bool = False
    frozen: bool = False
    _written: dict[Any, int] = field(default_factory=dict)

    def rows(self, records: Tracked, keys: set[Any]) -> list[Row]:
        """What to write so that the disk has these keys as the memory has them."""
        if self.frozen:
            return []
        wanted = {*dict(records), *self._written} if ALL in keys else keys
        return [row for key in wanted for row in self._checked(key, dict.get(records, key, _MISSING))]

    def _checked(self, key: Any, record: Any) -> list[Row]:
        try:
            return self._of(key, record)
        except BaseException:
            self._written[key] = 0
            if self.split and isinstance(record, dict):
                self.split.doubt(key, record)
            raise

    def _of(self, key: Any, record: Any) -> list[Row]:
        name = repr(key)
        if record is _MISSING:
            return [drop_row(self.service, self.store, name)] if self._forget(key) else []
        rows, splits = [], self.split if isinstance(record, dict) else None
        hidden = (*self.left_out, splits.name) if splits else self.left_out
        head = {k: v for k, v in record.items() if k not in hidden} if hidden else record
        text = self.codec.encode(head)
        if self._written.get(key) != hash(text):
            rows.append(put_row(self.service, self.store, name, "", text))
        for part, value in splits.changes(key, record) if splits else ():
            rows.append(
                drop_row(self.service, self.store, name, part)
                if value is None
                else put_row(self.service, self.store, name, part, self.codec.encode(value))
            )
        self._written[key] = hash(text)
        return rows

    def _forget(self, key: Any) -> bool:
        if self.split:
            self.split.forget(key)
        return self._written.pop(key, None) is not None

    def known(self, found: dict[str, list[str]]) -> None:
        """What is on the disk at the start: parts by record."""
        for name, parts in found.items():
            key = ast.literal_eval(name)
            self._written[key] = 0
            if self.split:
                self.split.known(key, [part for part in parts if part])

    def assemble(self, stored: list[Stored]) -> dict[Any, Any]:
        """The records of this store, from its rows."""
        heads: dict[str, Any] = {}
        parts: dict[str, list[tuple[str, Any]]] = defaultdict(list)
        for row in stored:
            if row.part:
                parts[row.key].append((row.part, self.codec.decode(row.value)))
            else:
                heads[row.key] = self.codec.decode(row.value)
        for key, head in heads.items():
            if self.split and isinstance(head, dict):
                head[self.split.name] = self.split.join(parts[key])
        return {ast.literal_eval(key): head for key, head in heads.items()}

"""Dictionaries that say which of their keys were looked at.

A service's records are dictionaries inside such a dictionary, and are changed in place by whoever has fetched
them. So fetching is what can be noticed: what was fetched, put or removed in a piece of work is what that
work may have changed, and only that is compared with what is on the disk.
"""

from __future__ import annotations

import contextlib
import contextvars
import copy
import threading
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

ALL = object()
_quiet: contextvars.ContextVar[bool] = contextvars.ContextVar("quiet", default=False)


class Touches:
    """Which keys of which dictionaries were looked at."""

    def __init__(self) -> None:
        self._stores: dict[int, tuple[Tracked, set[Any]]] = {}
        self._lock = threading.Lock()

    def note(self, store: Tracked, key: Any) -> None:
        with self._lock:
            self._stores.setdefault(id(store), (store, set()))[1].add(key)

    def take(self) -> list[tuple[Tracked, set[Any]]]:
        with self._lock:
            taken, self._stores = list(self._stores.values()), {}
            return taken

    def add(self, taken: list[tuple[Tracked, set[Any]]]) -> None:
        with self._lock:
            for store, keys in taken:
                self._stores.setdefault(id(store), (store, set()))[1].update(keys)

    def __bool__(self) -> bool:
        return bool(self._stores)


# What was touched outside any piece of work: looked through a little later.
background = Touches()
current: contextvars.ContextVar[Any] = contextvars.ContextVar("unit", default=None)


@contextlib.contextmanager
def unnoticed() -> Iterator[None]:
    """Look at records without their being compared for it."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def touch(store: Tracked, key: Any) -> None:
    if _quiet.get():
        return
    unit = current.get()
    (background if unit is None or unit.closed else unit.touches).note(store, key)


class Tracked(dict[Any, Any]):
    """A dictionary of records. `table` says where it is kept; it is found out when first needed."""

    table: Any = None

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[Any, Any]:
        """A copy is a plain one, and copying changes nothing."""
        return copy.deepcopy(dict(self), memo)

    def __getitem__(self, key: Any) -> Any:
        value = super().__getitem__(key)
        touch(self, key)
        return value

    def get(self, key: Any, default: Any = None) -> Any:
        touch(self, key)
        return super().get(key, default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        touch(self, key)

    def __delitem__(self, key: Any) -> None:
        super().__delitem__(key)
        touch(self, key)

    def pop(self, key: Any, *default: Any) -> Any:
        touch(self, key)
        return super().pop(key, *default)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        touch(self, key)
        return super().setdefault(key, default)

    def update(self, *others: Any, **more: Any) -> None:
        super().update(*others, **more)
        touch(self, ALL)

    def clear(self) -> None:
        super().clear()
        touch(self, ALL)

    def items(self) -> Any:
        touch(self, ALL)
        return super().items()

    def values(self) -> Any:
        touch(self, ALL)
        return super().values()


class TrackedParts(defaultdict[Any, Any]):
    """The parts of one record, which remembers by itself which of them to compare."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.dirty: set[Any] = set(self)

    def __getitem__(self, key: Any) -> Any:
        self.dirty.add(key)
        return super().__getitem__(key)

    def get(self, key: Any, default: Any = None) -> Any:
        self.dirty.add(key)
        return super().get(key, default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        self.dirty.add(key)

    def __delitem__(self, key: Any) -> None:
        super().__delitem__(key)
        self.dirty.add(key)

    def pop(self, key: Any, *default: Any) -> Any:
        self.dirty.add(key)
        return super().pop(key, *default)

    def items(self) -> Any:
        self.dirty.update(self)
        return super().items()

    def __reduce__(self) -> Any:
        """A copy is a plain one."""
        return defaultdict, (self.default_factory,), None, None, iter(dict(self).items())

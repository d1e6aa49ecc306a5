"""Collects what is wrong while a contract is read."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from dropforge.domain.contract.errors import ContractError, Problem
from dropforge.domain.contract.fields import shown

MOST = 50


class Problems:
    """A list that stops growing at `MOST`, so that a hostile contract cannot make an endless message."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(self, path: tuple[str, ...], message: str) -> None:
        shortened = tuple(key if len(key) <= 100 else f"{key[:97]}..." for key in path)
        self._found.append(Problem(shortened, message))

    def under(self, name: str) -> bool:
        return any(problem.path[:1] == (name,) for problem in self._found)

    def raise_any(self) -> None:
        if len(self._found) > MOST:
            more = Problem((), f"and {len(self._found) - MOST} more problems")
            raise ContractError([*self._found[:MOST], more])
        if self._found:
            raise ContractError(self._found)

    def known_keys(
        self, path: tuple[str, ...], value: Mapping[Any, Any], known: Iterable[str]
    ) -> dict[str, Any]:
        """The mapping's known keys; a problem for each other one."""
        names = list(known)
        kept = {}
        for key, item in value.items():
            if isinstance(key, str) and key in names:
                kept[key] = item
            elif isinstance(key, str):
                self.add((*path, key), f"is not a known key{nearest_name(key, names)}")
            else:
                self.add(path, f"the key {shown(key)} is not text")
        return kept


def nearest_name(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or all there are where nothing is near and they are few."""
    names = list(known)
    close = difflib.get_close_matches(name[:100], names, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]!r}?"
    printed = (name if name.isprintable() else shown(name) for name in names)
    return f"; known are {', '.join(printed)}" if 0 < len(names) <= 15 else ""

"""Columns that add up to another one, found without trying every combination on every row.

A sum that holds in each row holds for any weighted total of rows as well. So a few rows are folded into one
number a column with random weights, and two or more columns are looked for whose numbers add up to the
goal's: pairs against pairs, by a search in sorted sums. What is found is then checked on all rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Values = NDArray[np.float64]

FEWEST_ROWS = 20
ROWS_FOLDED = 24
TRIES = 3
MOST_COLUMNS = 120
"""Of more columns only sums of two are looked for: pairs of pairs grow with the fourth power."""
MOST_CANDIDATES = 2000
MOST_CHECKED, MOST_FOUND = 40, 3
"""Of columns that are copies of each other a great many sums are true; a few of them say enough."""
ROUNDING = 1e-6
ALMOST_ALL = 0.999
MISSES_MOST = 10_000
"""A row without the goal comes after all that have it, however many other columns they lack."""


@dataclass(frozen=True)
class Sum:
    parts: tuple[str, ...]
    """They add up to `whole`."""
    whole: str
    share: float
    """In how many of the rows that have them all."""


class Search:
    """`sample`: some rows of the columns, nan where missing; `read` gives a whole column."""

    def __init__(self, names: Sequence[str], sample: Values, read: Callable[[str], Values]) -> None:
        self._names = list(names)
        self._filled = np.nan_to_num(sample)
        self._gaps = np.isnan(sample).sum(axis=1)
        self._read = read

    def giving(
        self, whole: str, values: Callable[[], Values], sampled: Values, smallest: int = 2
    ) -> list[Sum]:
        """The shortest sums of at most four columns that give these values, which are read if need be."""
        if len(self._filled) < FEWEST_ROWS:
            return []
        tried: set[tuple[int, ...]] = set()
        for size in range(smallest, self._longest + 1):
            found: list[Sum] = []
            for parts in self._candidates(whole, sampled, size):
                if parts not in tried:
                    tried.add(parts)
                    found += self._checked(parts, whole, values())
                if len(found) == MOST_FOUND or len(tried) == MOST_CHECKED:
                    break
            if found:
                return found
        return []

    @property
    def _longest(self) -> int:
        return 4 if len(self._names) <= MOST_COLUMNS else 2

    def _candidates(self, whole: str, sampled: Values, size: int) -> Iterator[tuple[int, ...]]:
        usable = [index for index, name in enumerate(self._names) if name != whole]
        for rows in self._folds(sampled):
            weights = np.random.default_rng(0).uniform(1, 2, len(rows))
            numbers = (weights @ self._filled[rows])[usable]
            goal = np.nan_to_num(sampled[rows])
            slack = 4 * ROUNDING * float(weights @ np.abs(goal))
            for parts in adding_up(numbers, float(weights @ goal), size, slack):
                if self._plausible(rows, [usable[part] for part in parts], goal):
                    yield tuple(usable[part] for part in parts)

    def _folds(self, sampled: Values) -> list[NDArray[np.int64]]:
        """The rows with the fewest gaps, in a few lots: one odd row spoils one lot."""
        gaps = self._gaps + MISSES_MOST * np.isnan(sampled)
        fullest = np.argsort(gaps, kind="stable")[: ROWS_FOLDED * TRIES]
        return [fullest[start::TRIES] for start in range(TRIES)]

    def _plausible(self, rows: NDArray[np.int64], parts: list[int], goal: Values) -> bool:
        added = self._filled[np.ix_(rows, parts)].sum(axis=1)
        return bool(np.mean(_equal(added, goal)) >= 0.9)

    def _checked(self, parts: tuple[int, ...], whole: str, values: Values) -> list[Sum]:
        names = tuple(self._names[part] for part in parts)
        added = np.sum([self._read(name) for name in names], axis=0)
        there = ~np.isnan(added) & ~np.isnan(values)
        if there.sum() < FEWEST_ROWS:
            return []
        share = float(np.mean(_equal(added[there], values[there])))
        return [Sum(names, whole, share)] if share >= ALMOST_ALL else []


def adding_up(numbers: Values, goal: float, size: int, slack: float) -> list[tuple[int, ...]]:
    """Which `size` different ones of the numbers add up to the goal, within the slack."""
    left = _combined(len(numbers), size // 2)
    right = _combined(len(numbers), size - size // 2)
    if not len(left) or not len(right):
        return []
    sums = numbers[right].sum(axis=1)
    order = np.argsort(sums)
    wanted = goal - numbers[left].sum(axis=1)
    starts = np.searchsorted(sums[order], wanted - slack, side="left")
    ends = np.searchsorted(sums[order], wanted + slack, side="right")
    found: set[tuple[int, ...]] = set()
    for one in np.flatnonzero(ends > starts):
        for other in order[starts[one] : ends[one]]:
            parts = tuple(sorted({*map(int, left[one]), *map(int, right[other])}))
            found |= {parts} if len(parts) == size else set()
        if len(found) > MOST_CANDIDATES:
            break
    return sorted(found)


@cache
def _combined(count: int, size: int) -> NDArray[np.int64]:
    """Every choice of `size` indices; of none there is one, the empty choice."""
    chosen = list(combinations(range(count), size))
    return np.array(chosen, dtype=np.int64).reshape(len(chosen), size)


def _equal(some: Values, others: Values) -> NDArray[np.bool_]:
    return np.abs(some - others) <= ROUNDING * (np.abs(some) + np.abs(others)) + 1e-9

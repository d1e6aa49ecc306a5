"""Metrics with what chance alone could have made of them: 1,000 seeded resamples of the test rows.

Of more than MOST_DRAWN rows an even choice of that many is drawn from, and the spread scaled down to all
rows (the m out of n bootstrap): the cost stays the same however large the test set is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.evaluate.measures import Floats, Measure

if TYPE_CHECKING:
    from numpy.typing import NDArray

DRAWS = 1000
MOST_DRAWN = 4000
SEED = 20260101
ENDS = (2.5, 97.5)


@dataclass(frozen=True)
class Figure:
    """A metric, its standard deviation and its 95 % interval; nan where it has none."""

    value: float
    deviation: float
    low: float
    high: float


@dataclass(frozen=True)
class Draws:
    rows: NDArray[np.int64]
    weights: Floats
    """How often each draw took each of `rows`."""
    scale: float
    """What brings their spread to that of all rows."""


def draws_of(rows: NDArray[np.int64], most: int = MOST_DRAWN) -> Draws:
    random = np.random.default_rng(SEED)
    chosen = rows if len(rows) <= most else np.sort(random.choice(rows, most, replace=False))
    size = len(chosen)
    taken = random.integers(0, size, size=(DRAWS, size)) + np.arange(DRAWS)[:, None] * size
    weights = np.bincount(taken.ravel(), minlength=DRAWS * size).reshape(DRAWS, size)
    return Draws(chosen, weights.astype(np.float64), float(np.sqrt(size / len(rows))))


def figures_of(measure: Measure, rows: NDArray[np.int64], most: int = MOST_DRAWN) -> dict[str, Figure]:
    """Each metric on these rows."""
    draws = draws_of(rows, most)
    whole, part = _plain(measure, rows), _plain(measure, draws.rows)
    drawn = measure(draws.rows, draws.weights)
    return {name: _figure(value, (drawn[name] - part[name]) * draws.scale) for name, value in whole.items()}


def difference_of(one: Measure, other: Measure, metric: str, rows: NDArray[np.int64]) -> Figure:
    """`one` less `other`, both on the same draws: what is hard for both does not count as a difference."""
    draws = draws_of(rows)
    value = _plain(one, rows)[metric] - _plain(other, rows)[metric]
    part = _plain(one, draws.rows)[metric] - _plain(other, draws.rows)[metric]
    drawn = one(draws.rows, draws.weights)[metric] - other(draws.rows, draws.weights)[metric]
    return _figure(value, (drawn - part) * draws.scale)


def _plain(measure: Measure, rows: NDArray[np.int64]) -> dict[str, float]:
    return {name: float(values[0]) for name, values in measure(rows, np.ones((1, len(rows)))).items()}


def _figure(value: float, spread: Floats) -> Figure:
    known = spread[np.isfinite(spread)]
    if not (np.isfinite(value) and len(known)):
        return Figure(value, float("nan"), float("nan"), float("nan"))
    low, high = np.percentile(known, ENDS)
    return Figure(value, float(np.std(known)), value + float(low), value + float(high))

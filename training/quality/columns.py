"""Each column's figures. One sorted copy of a numeric column gives them all but the mean."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from dropforge.domain.reading.dates import MOMENT_FORMAT

if TYPE_CHECKING:
    from numpy.typing import NDArray

BARS = 24
SECONDS = 86_400
LARGEST_WHOLE = 1e6
"""Beyond this a bar more or less to a value is not seen."""
MOST_TOP = 8
QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Histogram:
    edges: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Numbers:
    min: float
    quarter: float
    median: float
    three_quarters: float
    max: float
    mean: float
    sd: float
    histogram: Histogram


@dataclass(frozen=True)
class Dates:
    """The histogram's edges are days since 1970."""

    first: str
    last: str
    histogram: Histogram


@dataclass(frozen=True)
class Figures:
    """Neither numbers, dates nor values where all is missing."""

    name: str
    type: str
    rows: int
    missing: int
    distinct: int
    numbers: Numbers | None = None
    """Of a numeric column."""
    dates: Dates | None = None
    """Of dates."""
    top: tuple[tuple[str, int], ...] = ()
    """The most frequent values of what is not numeric."""

    @property
    def share_missing(self) -> float:
        return self.missing / self.rows if self.rows else 0.0

    @property
    def constant(self) -> bool:
        """Nothing at all counts; one value and gaps do not: a gap may say something."""
        return self.distinct == 0 or (self.distinct == 1 and not self.missing)

    @property
    def unique(self) -> bool:
        return self.distinct == self.rows and self.rows > 1


def of_numbers(name: str, type_: str, ordered: NDArray[np.float32], rows: int) -> Figures:
    """`ordered`: the values that are there, sorted."""
    missing = rows - len(ordered)
    if not len(ordered):
        return Figures(name, type_, rows, missing, 0)
    distinct = int(np.count_nonzero(ordered[1:] != ordered[:-1])) + 1
    quarter, median, three_quarters = (float(ordered[_position(share, len(ordered))]) for share in QUARTILES)
    mean, sd = float(ordered.mean(dtype=np.float64)), float(ordered.std(dtype=np.float64))
    low, high = float(ordered[0]), float(ordered[-1])
    bars = histogram(ordered)
    numbers = Numbers(low, quarter, median, three_quarters, high, mean, sd, bars)
    return Figures(name, type_, rows, missing, distinct, numbers)


def of_texts(name: str, type_: str, values: pl.Series) -> Figures:
    counted = values.drop_nulls().value_counts().cast({"value": pl.String})
    first = counted.sort(["count", "value"], descending=[True, False]).head(MOST_TOP)
    top = tuple((str(value), int(count)) for value, count in first.iter_rows())
    dates = of_dates(counted) if type_ == "date" and counted.height else None
    return Figures(name, type_, len(values), values.null_count(), counted.height, None, dates, top)


def of_dates(counted: pl.DataFrame) -> Dates:
    """Of the different dates, as typed rows spell them, and how often each is there."""
    moments = counted.select(pl.col("value").str.to_datetime(MOMENT_FORMAT), "count").sort("value")
    days: NDArray[np.float64] = moments["value"].dt.epoch("s").to_numpy().astype(np.float64) / SECONDS
    edges = np.linspace(days[0], max(days[-1], days[0] + 1), BARS + 1)
    counts, _ = np.histogram(days, edges, weights=moments["count"].to_numpy())
    bars = Histogram(tuple(map(float, edges)), tuple(map(int, counts)))
    first, last = str(moments["value"][0]), str(moments["value"][-1])
    return Dates(_day(first), _day(last), bars)


def _day(moment: str) -> str:
    return moment.removesuffix(" 00:00:00")


def histogram(ordered: NDArray[np.float32]) -> Histogram:
    """Bars of equal width; of whole numbers each bar holds as many, or they would seem to come and go."""
    low, high = float(ordered[0]), float(ordered[-1])
    if high - low < LARGEST_WHOLE and (ordered == np.floor(ordered)).all():
        step = max(1, math.ceil((high - low + 1) / BARS))
        edges = np.arange(low - 0.5, high + step, step)
    else:
        edges = np.linspace(low, high if high > low else low + 1, BARS + 1)
    bounds = np.searchsorted(ordered, edges[1:-1].astype(np.float32), side="left")
    counts = np.diff(np.concatenate(([0], bounds, [len(ordered)])))
    return Histogram(tuple(map(float, edges)), tuple(map(int, counts)))


def _position(share: float, count: int) -> int:
    return min(int(share * count), count - 1)

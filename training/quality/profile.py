"""All that the rows say by themselves, before any contract judges it. One column at a time, two at once."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from polars.selectors import by_name

from training.quality import columns, strength
from training.quality.correlation import Correlations, correlations
from training.quality.sums import Search, Sum

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from training.quality.columns import Figures
    from training.quality.strength import Strength
    from training.quality.target import Target

SAMPLED = 4096
FEWEST_DISTINCT = 3
"""A column of two values is not a sum worth telling."""


@dataclass(frozen=True)
class Profile:
    rows: int
    figures: tuple[Figures, ...]
    strengths: Mapping[str, Strength]
    """By column's name."""
    correlations: Correlations
    sums: tuple[Sum, ...]
    """Columns that add up to another."""
    giving: tuple[Sum, ...]
    """Columns that add up to the target."""


def profile(rows: pl.LazyFrame, types: Mapping[str, str], target: Target | None) -> Profile:
    """`types`: each column to look at and its type in the contract; the answer's own is not among them."""
    count = int(rows.select(pl.len()).collect().item())
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        seen = list(pool.map(lambda pair: _look(rows, pair[0], pair[1], target), types.items()))
    figures = tuple(figure for figure, _ in seen)
    numbers = {each.name: each.numbers for each in figures if each.numbers and not each.constant}
    together = correlations(rows, {name: (some.mean, some.sd) for name, some in numbers.items()}, count)
    sums, giving = _sums(rows, count, [each for each in figures if each.name in numbers], target)
    strengths = {figure.name: value for figure, value in seen if value is not None}
    return Profile(count, figures, strengths, together, sums, giving)


def figures_of(rows: pl.LazyFrame, name: str, type_: str) -> Figures:
    return _look(rows, name, type_, None)[0]


def column_of(rows: pl.LazyFrame, name: str) -> pl.Series:
    """By its very name, and without it: polars would take `^a.*$` for a pattern wherever it reads it."""
    return rows.select(by_name(name)).collect().to_series().alias("value")


def _look(
    rows: pl.LazyFrame, name: str, type_: str, target: Target | None
) -> tuple[Figures, Strength | None]:
    values = column_of(rows, name)
    if not values.dtype.is_numeric():
        figure = columns.of_texts(name, type_, values)
        return figure, strength.of_groups(values, target) if target and not figure.constant else None
    numbers = _numbers(values)
    ordered = np.sort(numbers[~np.isnan(numbers)])
    figure = columns.of_numbers(name, type_, ordered, len(numbers))
    found = strength.of_numbers(numbers, ordered, target) if target and not figure.constant else None
    return figure, found


def _numbers(values: pl.Series) -> NDArray[np.float32]:
    """Missing values as nan; an infinite one counts as missing, as no contract allows it."""
    numbers: NDArray[np.float32] = values.cast(pl.Float32).fill_null(float("nan")).to_numpy()
    return numbers if np.isfinite(numbers).all() else np.where(np.isfinite(numbers), numbers, np.nan)


def _sums(
    rows: pl.LazyFrame, count: int, numeric: list[Figures], target: Target | None
) -> tuple[tuple[Sum, ...], tuple[Sum, ...]]:
    names = [figure.name for figure in numeric]
    if not names:
        return (), ()

    def read(name: str) -> NDArray[np.float64]:
        return _numbers(column_of(rows, name)).astype(np.float64)

    every = max(1, count // SAMPLED)
    taken = rows.select(by_name(names).cast(pl.Float64).gather_every(every)).collect().fill_null(float("nan"))
    sample: NDArray[np.float64] = taken.to_numpy()
    search = Search(names, sample, read)
    inner = [
        found
        for index, figure in enumerate(numeric)
        if figure.distinct >= FEWEST_DISTINCT
        for found in search.giving(figure.name, partial(read, figure.name), sample[:, index])[:1]
    ]
    if target is None or not (target.is_number or target.is_binary):
        return tuple(inner), ()
    wanted = target.as_values
    giving = search.giving(target.name, lambda: wanted, wanted[::every], smallest=1)
    return tuple(inner), tuple(giving)

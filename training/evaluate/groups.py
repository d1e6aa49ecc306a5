"""The metric for each group of rows: a model that is good on the whole can be bad for some."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dropforge.domain.decisions import Group
from training.evaluate.figures import figures_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl
    from numpy.typing import NDArray

    from dropforge.domain.contract import Contract
    from training.evaluate.measures import Measure

MOST_COLUMNS = 5
MOST_VALUES = 20
FEWEST_ROWS = 20
"""Of columns that nobody asked for: they are there to be looked at, not to refuse anything."""
MOST_JUDGED = 1000
"""Values of a column that the contract asks for: the most frequent ones, so that the job ends."""
MOST_DRAWN = 1000
MISSING = "(missing)"


def groups_of(measure: Measure, rows: pl.DataFrame, contract: Contract, metric: str) -> list[Group]:
    """By the contract's slices, else by the first columns of categories that have few values."""
    asked = contract.gate.slices
    most, fewest = (MOST_JUDGED, min(FEWEST_ROWS, asked.minimum)) if asked else (MOST_VALUES, FEWEST_ROWS)
    found = [
        _group(column, value, indices, measure, metric)
        for column in (asked.columns if asked else _columns(rows, contract))
        for value, indices in _values(rows[column].alias("value"), most, fewest)
    ]
    return [group for group in found if group is not None]


def _columns(rows: pl.DataFrame, contract: Contract) -> list[str]:
    categories = (column.name for column in contract.features if column.type == "category")
    few = (
        name
        for name in categories
        if name in rows.columns and rows[name].alias("value").n_unique() <= MOST_VALUES
    )
    return list(few)[:MOST_COLUMNS]


def _values(column: pl.Series, most: int, fewest: int) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """The most frequent values, each with the indices of its rows, in the order of the texts."""
    texts = column.cast(str).fill_null(MISSING).to_numpy().astype(str)
    names, codes, counts = np.unique(texts, return_inverse=True, return_counts=True)
    for index in sorted(np.argsort(-counts, kind="stable")[:most]):
        if counts[index] >= fewest:
            yield str(names[index]), np.flatnonzero(codes == index)


def _group(
    column: str, value: str, indices: NDArray[np.int64], measure: Measure, metric: str
) -> Group | None:
    """None where the metric has no value, as the AUC of rows that are all of one class."""
    figure = figures_of(measure, indices, MOST_DRAWN)[metric]
    if not np.isfinite([figure.value, figure.low, figure.high]).all():
        return None
    return Group(column, value, len(indices), metric, figure.value, figure.low, figure.high)

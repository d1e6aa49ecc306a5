"""The parts as files of typed rows: what training, evaluation and tuning read.

A part is picked out of all rows as it is read, so that it is never a second copy of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import polars.selectors as of_type

from training.process.dividing import PARTS, TRAIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.paths import Paths

    Indices = NDArray[np.int64]

ROWS = "rows.parquet"
GROUP = 65_536
"""Rows that are packed together: what a reader has to hold at once."""
PART = "\x1fpart"
"""No column's name holds a control character."""


class Parts:
    """All rows, and which of them are in which part: in the file's order, or at given indices."""

    def __init__(self, values: pl.DataFrame, part_of_row: NDArray[np.int8], seed: int) -> None:
        self._values = values
        self._part_of_row = part_of_row
        self._indices = _drawn(part_of_row, seed)
        counts = np.bincount(part_of_row, minlength=len(PARTS))
        self.heights = {name: int(count) for name, count in zip(PARTS, counts, strict=True)}

    def rows(self, name: str) -> pl.LazyFrame:
        """Categories as the texts that they stand for, one batch at a time."""
        if name in self._indices:
            chosen = self._values[self._indices[name]].lazy()
        else:
            marked = self._values.with_columns(pl.Series(PART, self._part_of_row)).lazy()
            chosen = marked.filter(pl.col(PART) == PARTS.index(name)).drop(PART)
        return chosen.with_columns(of_type.categorical().cast(pl.String))

    def column(self, name: str, column: str) -> pl.Series:
        values = self._values[column].alias("value")
        if name in self._indices:
            return values[self._indices[name]]
        return values.filter(pl.Series(self._part_of_row == PARTS.index(name)))

    def balance(self, chosen: Indices) -> None:
        """The training part becomes these of its rows, some perhaps more than once."""
        name = PARTS[TRAIN]
        everything = np.flatnonzero(self._part_of_row == TRAIN)
        self._indices[name] = self._indices.get(name, everything)[chosen]

    def write(self, paths: Paths) -> None:
        """Every part has its file, with no row if it has none."""
        for name in PARTS:
            file = paths.processing_output(name) / ROWS
            self.rows(name).sink_parquet(file, compression="lz4", row_group_size=GROUP, maintain_order=True)


def _drawn(part_of_row: NDArray[np.int8], seed: int) -> dict[str, Indices]:
    """Rows that were drawn one by one from all stay in the order in which they were: as scikit-learn's
    train_test_split has them, so that sums over them are rounded alike."""
    order = np.random.RandomState(seed).permutation(len(part_of_row))
    dealt = part_of_row[order]
    if np.count_nonzero(np.diff(dealt)) >= len(PARTS):
        return {}
    return {name: order[dealt == index] for index, name in enumerate(PARTS)}

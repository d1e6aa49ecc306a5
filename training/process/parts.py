"""The parts as files of typed rows: what training, evaluation and tuning read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import polars.selectors as of_type

from training.process.dividing import PARTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.paths import Paths

ROWS = "rows.parquet"
GROUP = 65_536
"""Rows that are packed together: what a reader has to hold at once."""


def in_parts(values: pl.DataFrame, part_of_row: NDArray[np.int8], seed: int) -> dict[str, pl.DataFrame]:
    """The rows of each part. Where they were drawn one by one from all, in the order in which they were: as
    scikit-learn's train_test_split has them, so that sums over them are rounded alike. Else in the file's."""
    order = np.random.RandomState(seed).permutation(len(part_of_row))
    dealt = part_of_row[order]
    drawn = np.count_nonzero(np.diff(dealt)) < len(PARTS)
    if not drawn:
        return {name: values.filter(part_of_row == place) for place, name in enumerate(PARTS)}
    return {name: values[order[dealt == place]] for place, name in enumerate(PARTS)}


def typed(rows: pl.DataFrame) -> pl.LazyFrame:
    """Categories as the texts that they stand for, one batch at a time."""
    return rows.lazy().with_columns(of_type.categorical().cast(pl.String))


def write_parts(parts: dict[str, pl.DataFrame], paths: Paths) -> None:
    """Every part has its file, with no row if it has none."""
    for name in PARTS:
        place = paths.processing_output(name) / ROWS
        typed(parts[name]).sink_parquet(place, compression="lz4", row_group_size=GROUP, maintain_order=True)

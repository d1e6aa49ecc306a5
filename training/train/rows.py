"""Typed rows through the compiled transform → a matrix: held, or where it is large in a scratch file.

The file is plain 32-bit floats, a row after the other. It is read and not mapped: pages of a mapped file
count as the job's memory, and four million rows would look like (and on a small instance be) too much.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from training.model.graphs import rows_of_width
from training.parallel import cores, in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import onnxruntime
    from numpy.typing import NDArray

    from training.features import Features

ALL, ITSELF = 1, 0
HELD = 100_000_000
"""Cells of a matrix that is held, at four bytes a cell."""
Rows = tuple["NDArray[np.float32]", "NDArray[np.float64]"]


@dataclass(frozen=True)
class Matrix:
    file: Path
    """Where its rows are, unless they are `held`; others may put what they make of them beside it."""
    width: int
    labels: NDArray[np.float64]
    """The classes' indices, or the target's values."""
    held: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def batches(self, size: int = 0) -> Iterator[Rows]:
        """As many rows at once as are held at most, or `size` of them."""
        size = size or rows_of_width(self.width)
        for start in range(0, len(self), size):
            yield self.slice(start, size), self.labels[start : start + size]

    def slice(self, start: int, count: int) -> NDArray[np.float32]:
        if self.held is not None:
            return self.held[start : start + count]
        read = np.fromfile(
            self.file, np.float32, count=count * self.width, offset=start * self.width * np.float32().itemsize
        )
        return read.reshape(-1, self.width)

    def whole(self) -> NDArray[np.float32]:
        """For what cannot learn in batches."""
        return self.slice(0, len(self))


@dataclass(frozen=True)
class Transformed:
    """The one way from a file of typed rows to a matrix."""

    features: Features
    transform: onnxruntime.InferenceSession
    target: str
    classes: Sequence[str]

    def matrix(self, rows: Path, file: Path, shard: tuple[int, int] = (ITSELF, ALL)) -> Matrix:
        """`shard` (which, of how many): each batch is dealt out row by row, as to players."""
        width = self.transform.get_outputs()[0].shape[1]
        made = in_order(self._made, _batches(rows, rows_of_width(width), shard), cores())
        most = pl.scan_parquet(rows).select(pl.len()).collect().item()
        return _held(made, file, width, most) if most * width <= HELD else _filed(made, file, width)

    def _made(self, rows: pl.DataFrame) -> Rows:
        matrix = self.transform.run(None, self.features.from_frame(rows))[0]
        return np.ascontiguousarray(matrix), self._labels(rows[self.target].alias("target"))

    def _labels(self, values: pl.Series) -> NDArray[np.float64]:
        if not self.classes:
            return values.cast(pl.Float64).to_numpy()
        return values.cast(pl.Enum(self.classes)).to_physical().cast(pl.Float64).to_numpy()


def _held(made: Iterator[Rows], file: Path, width: int, most: int) -> Matrix:
    cells, labels, end = np.empty((most, width), np.float32), np.empty(most), 0
    for rows, values in made:
        start, end = end, end + len(values)
        cells[start:end], labels[start:end] = rows, values
    cells.flags.writeable = False  # several look at it
    return Matrix(file, width, labels[:end], cells[:end])


def _filed(made: Iterator[Rows], file: Path, width: int) -> Matrix:
    labels: list[NDArray[np.float64]] = []
    with file.open("wb") as out:
        for rows, values in made:
            out.write(rows.data)
            labels.append(values)
    return Matrix(file, width, np.concatenate(labels))


def _batches(rows: Path, size: int, shard: tuple[int, int]) -> Iterator[pl.DataFrame]:
    which, of = shard
    for batch in pl.scan_parquet(rows).collect_batches(chunk_size=size, maintain_order=True):
        mine = batch if of == ALL else batch.gather_every(of, which)
        if mine.height:
            yield mine

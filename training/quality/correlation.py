"""How each two numeric columns move together: Pearson's r over the rows in which both are there.

The sums of products come from blocks of 32-bit floats around each column's mean, so that memory is one block
whatever the rows and the figure is good to about five digits. Where that would be too much work (thousands of
columns) every n-th row is taken, and the report says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from polars.selectors import by_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Sums = NDArray[np.float64]

BLOCK_CELLS = 4_000_000
MOST_WORK = 4e10
FEWEST_ROWS = 20


@dataclass(frozen=True)
class Correlations:
    names: tuple[str, ...]
    matrix: NDArray[np.float64]
    """nan where two columns have too few rows in common, or one does not vary."""
    rows: int

    def pairs_above(self, limit: float) -> list[tuple[str, str, float]]:
        """The strongest first."""
        with np.errstate(invalid="ignore"):
            found = np.argwhere(np.triu(np.abs(self.matrix) > limit, k=1))
        pairs = [(self.names[a], self.names[b], float(self.matrix[a, b])) for a, b in found]
        return sorted(pairs, key=lambda pair: -abs(pair[2]))

    def closest(self, most: int) -> Correlations:
        """The columns with the closest ties to any other one, in their order."""
        ties = np.abs(np.nan_to_num(self.matrix - np.eye(len(self.names)))).max(axis=1, initial=0)
        chosen = np.sort(np.argsort(-ties, kind="stable")[:most])
        names = tuple(self.names[index] for index in chosen)
        return Correlations(names, self.matrix[np.ix_(chosen, chosen)], self.rows)


def correlations(
    rows: pl.LazyFrame, centres: dict[str, tuple[float, float]], count: int, most_work: float = MOST_WORK
) -> Correlations:
    """`centres`: the mean and standard deviation of each column to compare."""
    names = tuple(name for name, (_, sd) in centres.items() if sd > 0)
    width = len(names)
    step = max(1, int(np.ceil(count * width**2 / most_work)))
    sums = _Sums(width)
    means = np.array([centres[name][0] for name in names], dtype=np.float32)
    spreads = np.array([centres[name][1] for name in names], dtype=np.float32)
    for block in _blocks(rows, names, count, step) if width > 1 else ():
        sums.add(_standardised(block, means, spreads))
    return Correlations(names, sums.matrix(), -(-count // step))


def _blocks(
    rows: pl.LazyFrame, names: tuple[str, ...], count: int, step: int
) -> Iterator[NDArray[np.float32]]:
    height = max(1, BLOCK_CELLS // len(names)) * step
    for start in range(0, count, height):
        block = rows.slice(start, height).select(by_name(names).cast(pl.Float32)).collect()
        yield block.gather_every(step).to_numpy()


def _standardised(
    block: NDArray[np.float32], means: NDArray[np.float32], spreads: NDArray[np.float32]
) -> NDArray[np.float32]:
    centred = block - means
    centred /= spreads
    return centred


class _Sums:
    """Sums over the rows where both columns are there, kept in 64 bits."""

    def __init__(self, width: int) -> None:
        self._products, self._squares, self._sums, self._counts = (np.zeros((width, width)) for _ in range(4))

    def add(self, block: NDArray[np.float32]) -> None:
        """Only beside a column with gaps do another column's sums leave rows out."""
        absent = ~np.isfinite(block)
        gaps = np.flatnonzero(absent.any(axis=0))
        there = (~absent[:, gaps]).astype(np.float32)
        np.nan_to_num(block, copy=False, posinf=0, neginf=0)
        products = block.T @ block
        counts = np.tile(there.sum(axis=0), (block.shape[1], 1))
        counts[gaps] = there.T @ there
        self._products += products
        _add(self._squares, np.diag(products), gaps, (block**2).T @ there)
        _add(self._sums, block.sum(axis=0), gaps, block.T @ there)
        _add(self._counts, len(block) - absent.sum(axis=0), gaps, counts)

    def matrix(self) -> NDArray[np.float64]:
        """sums[a, b] is a's sum over the rows that have b."""
        counts = np.where(self._counts < FEWEST_ROWS, np.nan, self._counts)
        means = self._sums / counts
        spread = self._squares / counts - means**2
        together = self._products / counts - means * means.T
        with np.errstate(invalid="ignore", divide="ignore"):
            matrix = together / np.sqrt(spread * spread.T)
        np.fill_diagonal(matrix, 1.0)
        return np.clip(matrix, -1, 1)


def _add(total: Sums, whole: NDArray[Any], gaps: NDArray[np.int64], beside: NDArray[Any]) -> None:
    """`whole` beside every column, but `beside` beside those with gaps."""
    total += whole[:, None]
    if len(gaps):
        total[:, gaps] += beside - whole[:, None]

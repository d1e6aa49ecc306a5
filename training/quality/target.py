"""The target as numbers: classes by their index, or values; nothing else of it matters to a check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from dropforge.domain.contract import positive_class

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Target:
    name: str
    classes: tuple[str, ...]
    """Empty for a regression."""
    counts: tuple[int, ...]
    codes: NDArray[np.int32]
    """Each row's index in `classes`."""
    values: NDArray[np.float64]
    """Of a regression."""
    positive: int

    @property
    def is_number(self) -> bool:
        return not self.classes

    @property
    def is_binary(self) -> bool:
        return len(self.classes) == 2

    @property
    def as_values(self) -> NDArray[np.float64]:
        """Numbers to add up to: the values, or 1 where the class is the positive one."""
        return self.values if self.is_number else (self.codes == self.positive).astype(np.float64)


def target_of(name: str, rows: pl.Series, positive: str | None, is_number: bool) -> Target:
    """`rows` is a series of its own name, since a column's could mean something to polars."""
    empty = np.zeros(0)
    if is_number:
        return Target(name, (), (), empty.astype(np.int32), rows.to_numpy().astype(np.float64), 0)
    counted = sorted((str(value), count) for value, count in rows.drop_nulls().value_counts().iter_rows())
    classes = tuple(value for value, _ in counted)
    indices = {value: index for index, value in enumerate(classes)}
    codes = (
        rows.cast(pl.String)
        .replace_strict(indices, default=None, return_dtype=pl.Int32)
        .fill_null(-1)
        .to_numpy()
    )
    rarest = min(range(len(classes)), key=lambda index: counted[index][1], default=0)
    chosen = positive_class(positive, classes)
    return Target(
        name,
        classes,
        tuple(count for _, count in counted),
        codes.astype(np.int32),
        empty,
        classes.index(chosen) if chosen is not None else rarest,
    )

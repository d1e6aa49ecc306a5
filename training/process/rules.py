"""The contract's row rules: sums of a row's numbers, compared.

Sums of decimal fractions are rarely equal to the last bit, so two sums count as equal where they differ by no
more than a billionth of what was added up. A rule says nothing of a row that lacks one of its numbers.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from dropforge.domain.contract import RowRule, Term

SLACK = 1e-9
HOLDS: Mapping[str, Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.bool_]]] = {
    # difference and slack → does the comparison hold
    "<=": lambda gap, slack: gap <= slack,
    "<": lambda gap, slack: gap < -slack,
    ">=": lambda gap, slack: gap >= -slack,
    ">": lambda gap, slack: gap > slack,
    "==": lambda gap, slack: operator.le(np.abs(gap), slack),
    "!=": lambda gap, slack: operator.gt(np.abs(gap), slack),
}


def broken_by(rule: RowRule, numbers: Mapping[str, pl.Series]) -> pl.Series:
    """Which rows break it. `numbers`: each of its columns, null where missing."""
    columns = {name: numbers[name].to_numpy().astype(np.float64) for name in rule.columns}
    rows = len(next(iter(columns.values())))
    left, left_size = _sum(rule.left, columns, rows)
    right, right_size = _sum(rule.right, columns, rows)
    gap, slack = left - right, SLACK * (left_size + right_size)
    return pl.Series(~np.isnan(gap) & ~HOLDS[rule.op](gap, slack))


def _sum(
    terms: Sequence[Term], columns: Mapping[str, NDArray[np.float64]], rows: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The sum, and that of its terms' sizes."""
    total, size = np.zeros(rows), np.zeros(rows)
    for coefficient, column, constant in terms:
        part = np.full(rows, constant) if column is None else coefficient * columns[column]
        total += part
        size += np.abs(part)
    return total, size

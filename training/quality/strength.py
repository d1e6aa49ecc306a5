"""How well one column alone tells the answer: 1 is all of it, chance is 0.5 for classes and 0 for values.

Classes are judged by the area under the ROC curve, values by the size of the correlation. A category, and
every column where there are more than two classes, stands for the target's mean among its rows; the mean is
taken over one half of the rows and judged on the other, or a column of names would seem to know everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.quality.target import Target

SLICES = 32
FEWEST_ROWS = 3
PRIOR = 1.0
"""How many rows of the overall mean each value's own mean is smoothed with."""


@dataclass(frozen=True)
class Strength:
    value: float
    measure: str
    by_gaps: bool = False
    """It is whether the value is missing, and not the value, that tells."""


def of_numbers(values: NDArray[np.float32], ordered: NDArray[np.float32], target: Target) -> Strength | None:
    if target.is_number:
        return Strength(_correlation(values, target.values), "|r|")
    if not target.is_binary:
        edges = np.unique(ordered[np.linspace(0, len(ordered) - 1, SLICES + 1).astype(int)[1:-1]])
        slices = np.where(np.isnan(values), -1, np.searchsorted(edges, values, side="right"))
        return of_groups(pl.Series(slices), target)
    rare = target.counts[0] > target.counts[1]
    chosen = values[target.codes == int(rare)]
    area = area_under_curve(np.sort(chosen[~np.isnan(chosen)]), ordered)
    gaps = _area_of_gaps(np.isnan(values), target) if len(ordered) < len(values) else 0.5
    return Strength(gaps, "AUC", by_gaps=True) if gaps > area else Strength(area, "AUC")


def area_under_curve(some: NDArray[np.float32], everything: NDArray[np.float32]) -> float:
    """Of sorted values, and those of one class among them; the same whichever way round they tell."""
    others = len(everything) - len(some)
    if not len(some) or not others:
        return 0.5
    below = np.searchsorted(everything, some, side="left").sum(dtype=np.float64)
    upto = np.searchsorted(everything, some, side="right").sum(dtype=np.float64)
    ranks = (below + upto + len(some)) / 2
    area = (ranks - len(some) * (len(some) + 1) / 2) / (len(some) * others)
    return float(max(area, 1 - area))


def of_groups(values: pl.Series, target: Target) -> Strength | None:
    """`values` name the groups; a missing one is a group as well."""
    frame = pl.DataFrame({"group": values, "fold": _halves(len(values))})
    if target.is_number:
        sums = pl.col("y").sum().alias("sum")
        counted = (
            frame.with_columns(pl.Series("y", target.values)).group_by("group", "fold").agg(sums, pl.len())
        )
        return Strength(_grouped_correlation(_paired(counted, "sum"), target), "|r|")
    of_class = [(pl.col("y") == index).sum().alias(str(index)) for index in range(len(target.classes))]
    counted = (
        frame.with_columns(pl.Series("y", target.codes)).group_by("group", "fold").agg(*of_class, pl.len())
    )
    classes = range(len(target.classes)) if not target.is_binary else [target.positive]
    areas = [_grouped_area(_paired(counted, str(index)), str(index)) for index in classes]
    return Strength(float(np.mean(areas)), "AUC") if areas else None


def _halves(rows: int) -> NDArray[np.int8]:
    """Which half each row is in: drawn, since the order of a file may well follow the answer."""
    return np.random.default_rng(0).integers(0, 2, rows, dtype=np.int8)


def _paired(counted: pl.DataFrame, hits: str) -> pl.DataFrame:
    """Each group's figures in one half, and beside them its mean in the other."""
    counted = counted.cast({"group": pl.String})
    other = counted.select(
        "group",
        (1 - pl.col("fold")).alias("fold"),
        pl.col(hits).alias("seen"),
        pl.col("len").alias("times"),
    )
    overall = float(counted[hits].sum()) / float(counted["len"].sum())
    seen, times = pl.col("seen").fill_null(0), pl.col("times").fill_null(0)
    mean = ((seen + PRIOR * overall) / (times + PRIOR)).alias("mean")
    return counted.join(other, on=["group", "fold"], how="left", nulls_equal=True).with_columns(mean)


def _grouped_area(groups: pl.DataFrame, hits: str) -> float:
    """The area under the curve of rows that share their group's mean."""
    tied = groups.group_by("mean").agg(pl.col(hits).sum(), pl.col("len").sum()).sort("mean")
    positive = tied[hits].to_numpy().astype(np.float64)
    negative = tied["len"].to_numpy().astype(np.float64) - positive
    pairs = positive.sum() * negative.sum()
    if not pairs:
        return 0.5
    below = np.cumsum(negative) - negative
    return float((positive * (below + negative / 2)).sum() / pairs)


def _grouped_correlation(groups: pl.DataFrame, target: Target) -> float:
    mean, rows, total = (groups[name].to_numpy().astype(np.float64) for name in ("mean", "len", "sum"))
    count, spread = rows.sum(), float(target.values.std())
    centred = mean - (mean * rows).sum() / count
    varies = float(np.sqrt((centred**2 * rows).sum() / count))
    if not varies or not spread:
        return 0.0
    together = float((centred * total).sum() / count)
    return max(0.0, together / (varies * spread))


def _correlation(values: NDArray[np.float32], target: NDArray[np.float64]) -> float:
    there = ~np.isnan(values)
    some: NDArray[np.float64] = values[there].astype(np.float64)
    if len(some) < FEWEST_ROWS:
        return 0.0
    some = some - some.mean()
    wanted = target[there] - target[there].mean()
    size = float(np.sqrt((some @ some) * (wanted @ wanted)))
    return float(abs(some @ wanted)) / size if size else 0.0


def _area_of_gaps(gaps: NDArray[np.bool_], target: Target) -> float:
    first = target.codes == 0
    return 0.5 + abs(float(gaps[first].mean()) - float(gaps[~first].mean())) / 2

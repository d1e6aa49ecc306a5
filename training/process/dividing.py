"""Who trains, who validates, who tests; seeded, and never a copy of a row on two sides.

By chance, rows with equal features move as one, or the model would be tested on what it has seen; where no
two are equal, the parts are those of scikit-learn's train_test_split with the same seed. Stratified, that
is done for each class. By time the oldest rows train and the newest test; by group no group is on two
sides. Shares are met to within one such lot.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from training.errors import Refused

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dropforge.domain.contract import Contract, Split
    from training.process.gather import Gathered

    Indices = NDArray[np.int64]
    Assignment = NDArray[np.int8]

PARTS = ("train", "validation", "test")
TRAIN, VALIDATION, TEST = range(3)
SLICE = 131_072
"""Rows whose digests are taken at once: polars copies them for it."""


@dataclass(frozen=True)
class Lots:
    """Rows that move as one, counted in the order of their first rows."""

    sizes: Indices
    of_row: Indices | None = None
    """None where each row is a lot of its own."""
    heads: Indices | None = None
    """The first row of each lot; None as well then."""

    def spread(self, part_of_lot: Assignment) -> Assignment:
        """The part of each row."""
        return part_of_lot if self.of_row is None else part_of_lot[self.of_row]

    def first_of(self, values: pl.Series) -> pl.Series:
        """Of each lot the first row's value."""
        return values if self.heads is None else values.gather(self.heads)


def seed_of(contract: Contract, drop_sha256: str) -> int:
    """One seed for every random choice of a run: the contract's, else one from the drop's digest."""
    if contract.split.seed is not None:
        return contract.split.seed
    return int(hashlib.sha256(drop_sha256.encode()).hexdigest()[:7], 16)


def divide(rows: Gathered, contract: Contract, seed: int) -> Assignment:
    """The index in PARTS of each row."""
    split, generator = contract.split, np.random.RandomState(seed)
    if rows.parts is not None:
        return _given(rows, contract, generator)
    if rows.moments is not None:
        if split.by == "time":
            return _in_time(rows.moments, split)
        lots, stratify = _lots(rows.moments.to_frame(), [0]), False
    else:
        indices = [rows.values.columns.index(column.name) for column in contract.features]
        lots = _lots(rows.values, indices)
        stratify = contract.classifies if split.stratify is None else split.stratify
    if not stratify:
        order = generator.permutation(len(lots.sizes))
        return lots.spread(_dealt(order, lots.sizes, split))
    classes = lots.first_of(rows.values[contract.target].alias("value"))
    return lots.spread(_by_class(classes, lots.sizes, split, generator))


def check_parts(parts: Assignment, target: pl.Series, contract: Contract) -> None:
    """Every part that should have rows has some, of every class."""
    shares = (contract.split.train, contract.split.validation, contract.split.test)
    for index, name in enumerate(PARTS):
        if not shares[index]:
            continue
        rows = parts == index
        if not rows.any():
            raise Refused("split", f"no row of {len(parts)} is left for {name}: too few different ones")
        if contract.classifies:
            _check_classes(target.filter(pl.Series(rows)), target, name)


def _check_classes(part: pl.Series, target: pl.Series, name: str) -> None:
    missing = set(target.unique().to_list()) - set(part.unique().to_list())
    if missing:
        value = min(missing)
        raise Refused(
            "split",
            f"class {value!r} has {int((target == value).sum())} rows, "
            f"too few different ones to have one in {name}",
        )


def _given(rows: Gathered, contract: Contract, generator: np.random.RandomState) -> Assignment:
    """The parts that the drop names. A validation part that it lacks is dealt from its training part."""
    assert rows.parts is not None  # noqa: S101
    parts = rows.parts.replace_strict(list(PARTS), range(len(PARTS)), return_dtype=pl.Int8).to_numpy().copy()
    split = contract.split
    if split.validation and not (parts == VALIDATION).any():
        share = split.validation / (split.train + split.validation)
        training = np.flatnonzero(parts == TRAIN)
        inner = replace(split, train=1 - share, validation=0, test=share)
        sizes = np.ones(len(training), np.int64)
        dealt = _by_class(
            rows.values[contract.target].alias("value").gather(training), sizes, inner, generator
        )
        parts[training[dealt == TEST]] = VALIDATION
    return parts


def _lots(values: pl.DataFrame, indices: list[int]) -> Lots:
    """By the columns at these indices: a column's name might mean something else to polars. Rows are compared
    by a 64-bit digest; where two differ and share one, they only go to the same side."""
    key = pl.struct(pl.nth(indices)).hash(seed=0).alias("digest")
    parts = (part.select(key).to_series().to_numpy() for part in values.iter_slices(SLICE))
    digests = np.concatenate(list(parts))
    ordered = np.sort(digests)
    if (ordered[1:] != ordered[:-1]).all():
        return Lots(np.ones(len(digests), np.int64))
    _, firsts, lots, sizes = np.unique(digests, return_index=True, return_inverse=True, return_counts=True)
    order = np.argsort(firsts)
    rank = np.empty(len(firsts), np.int64)
    rank[order] = np.arange(len(firsts))
    return Lots(sizes[order], rank[lots], firsts[order])


def _by_class(
    classes: pl.Series, sizes: Indices, split: Split, generator: np.random.RandomState
) -> Assignment:
    part_of_lot = np.empty(len(sizes), np.int8)
    for name in sorted(classes.unique().to_list()):
        members = np.flatnonzero((classes == name).to_numpy())
        order = generator.permutation(len(members))
        part_of_lot[members] = _dealt(order, sizes[members], split)
    return part_of_lot


def _in_time(moments: pl.Series, split: Split) -> Assignment:
    """Of two rows of one moment the one that comes first in the file is the older one."""
    times = moments.cast(pl.String) if moments.dtype == pl.Categorical else moments
    order = np.argsort(times.rank("dense").to_numpy(), kind="stable")
    dealt = np.full(len(order), VALIDATION if split.validation else TEST, np.int8)
    dealt[: math.floor(split.train * len(order))] = TRAIN
    dealt[len(order) - math.ceil(split.test * len(order)) :] = TEST
    parts = np.empty(len(order), np.int8)
    parts[order] = dealt
    return parts


def _dealt(order: Indices, sizes: Indices, split: Split) -> Assignment:
    """The part of each lot: in this order the first ones test, the next ones train, the rest validates.

    A lot belongs where its middle falls.
    """
    ends = np.cumsum(sizes[order])
    middles, total = ends - sizes[order] / 2, int(ends[-1])
    tests = math.ceil(split.test * total)
    trains = tests + math.floor(split.train * total)
    dealt = np.full(len(order), VALIDATION if split.validation else TEST, np.int8)
    dealt[middles < trains] = TRAIN
    dealt[middles < tests] = TEST
    parts = np.empty(len(order), np.int8)
    parts[order] = dealt
    return parts

"""Who trains, who validates, who tests: by class, seeded, and never the same features on two sides.

Rows with equal features move as one, or the model would be tested on what it has seen. Shares are met to
within one such group a class.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from training.errors import Refused

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dropforge.domain.contract import Contract, Split

ROW, DIGEST = "row", "digest"
PARTS = ("train", "validation", "test")


def seed_of(contract: Contract, drop_sha256: str) -> int:
    """One seed for every random choice of a run: the contract's, mixed with the drop's digest."""
    mixed = hashlib.sha256(f"{contract.split.seed}:{drop_sha256}".encode()).hexdigest()
    return int(mixed[:7], 16)


def split(values: pl.DataFrame, contract: Contract, seed: int) -> dict[str, pl.DataFrame]:
    """The rows of each part, in the file's order."""
    part_of_row = _assign(values, contract, seed)
    named = {name: values.filter(pl.Series(part_of_row == place)) for place, name in enumerate(PARTS)}
    _check_classes(named, values, contract.target)
    return named


def _assign(values: pl.DataFrame, contract: Contract, seed: int) -> NDArray[np.int8]:
    """The place in PARTS of each row. A group of equal features is known by its first row.

    Features are compared by a 64-bit digest; where two differ and share one, they only go to the same side.
    """
    features = pl.struct(column.name for column in contract.features).hash(seed=0)
    digests = values.select(features.alias(DIGEST)).with_row_index(ROW)
    first = digests.select(pl.col(ROW).min().over(DIGEST))[ROW].to_numpy()
    heads, group_of_row, sizes = np.unique(first, return_inverse=True, return_counts=True)
    classes = values[contract.target].to_numpy()[heads]
    part_of_group = np.empty(len(heads), dtype=np.int8)
    generator = np.random.default_rng(seed)
    for name in sorted(set(classes)):
        members = generator.permutation(np.flatnonzero(classes == name))
        part_of_group[members] = _parts(sizes[members], contract.split)
    return part_of_group[group_of_row]


def _parts(sizes: NDArray[np.int64], shares: Split) -> NDArray[np.int8]:
    """0, 1 or 2 for each group: where its middle falls among the shares."""
    ends = np.cumsum(sizes)
    middles = (ends - sizes / 2) / ends[-1]
    places: NDArray[np.int64] = np.searchsorted([shares.train, shares.train + shares.validation], middles)
    return places.astype(np.int8)


def _check_classes(parts: dict[str, pl.DataFrame], values: pl.DataFrame, target: str) -> None:
    for value, count in sorted(values[target].value_counts().iter_rows()):
        for name, rows in parts.items():
            if not (rows[target] == value).any():
                raise Refused(
                    "split", f"class {value!r} has {count} rows, too few different ones to have one in {name}"
                )

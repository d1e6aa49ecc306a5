"""Balance between the classes of the training part, by copies of rows or by leaving some out.

Only after the split: a copy made before it could train on one side and test on the other.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from dropforge.domain.contract import Resample


def resampled(target: pl.Series, resample: Resample, seed: int) -> NDArray[np.int64] | None:
    """The indices of the training rows to learn from, in their order, some more than once; None: all."""
    if resample.method == "none":
        return None
    generator = np.random.default_rng(seed)
    classes = [np.flatnonzero((target == name).to_numpy()) for name in sorted(target.unique().to_list())]
    sizes = [len(members) for members in classes]
    if resample.method == "over":
        wanted = math.ceil(resample.ratio * max(sizes))
        drawn = [_enlarged(members, wanted, generator) for members in classes]
    else:
        wanted = math.floor(min(sizes) / resample.ratio)
        drawn = [_reduced(members, wanted, generator) for members in classes]
    return np.sort(np.concatenate(drawn))


def _enlarged(members: NDArray[np.int64], wanted: int, generator: np.random.Generator) -> NDArray[np.int64]:
    if len(members) >= wanted:
        return members
    return np.concatenate([members, generator.choice(members, wanted - len(members))])


def _reduced(members: NDArray[np.int64], wanted: int, generator: np.random.Generator) -> NDArray[np.int64]:
    return members if len(members) <= wanted else generator.choice(members, wanted, replace=False)

"""The points of a classifier's curves, one for each different score, from the highest down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def roc_curve(truth: NDArray[np.bool_], score: Floats) -> tuple[Floats, Floats]:
    """False and true positive rates, from (0, 0) to (1, 1)."""
    hits, misses = _counts(truth, score)
    return np.append(0, misses / misses[-1]), np.append(0, hits / hits[-1])


def precision_recall_curve(truth: NDArray[np.bool_], score: Floats) -> tuple[Floats, Floats]:
    """Precisions and recalls, from recall 0 up."""
    hits, misses = _counts(truth, score)
    return np.append(1, hits / (hits + misses)), np.append(0, hits / hits[-1])


def _counts(truth: NDArray[np.bool_], score: Floats) -> tuple[Floats, Floats]:
    """How many positive and how many negative rows have at least each score."""
    order = np.argsort(-score, kind="stable")
    last = np.append(np.diff(score[order]) != 0, True)
    hits = np.cumsum(truth[order])[last].astype(np.float64)
    return hits, np.flatnonzero(last) + 1 - hits

"""A prediction's figures, for the log: what tuning compares and what a person sees first.

Written out, since importing them would take longer than training a small model does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from training.model.labels import decided

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALLEST = 1e-15


def figures(labels: NDArray[np.float64], answers: NDArray[Any], positive: int | None) -> dict[str, float]:
    """`positive` is its class's index in a binary problem; answers of one column are values."""
    if answers.shape[1] == 1:
        return _of_values(labels, answers[:, 0].astype(np.float64))
    truth, said = labels.astype(np.int64), decided(answers, positive)
    chosen = np.clip(answers[np.arange(len(truth)), truth].astype(np.float64), SMALLEST, 1)
    common = {"accuracy": float((said == truth).mean()), "logloss": float(-np.log(chosen).mean())}
    if positive is None:
        return common | {"f1": _weighted_f1(truth, said, answers.shape[1])}
    scores = answers[:, positive].astype(np.float64)
    return common | {"auc": auc(truth == positive, scores), "f1": _f1(truth == positive, said == positive)}


def auc(positive: NDArray[np.bool_], scores: NDArray[np.float64]) -> float:
    """The share of pairs (a positive, a negative) that the scores put in order; a tie is half a pair."""
    count, others = int(positive.sum()), int((~positive).sum())
    if not count or not others:
        return 0.5
    _, ranked, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(sizes) - (sizes - 1) / 2)[ranked]
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * others))


def _f1(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    named = int(truth.sum()) + int(said.sum())
    return 2 * int((truth & said).sum()) / named if named else 0.0


def _weighted_f1(truth: NDArray[np.int64], said: NDArray[np.int64], classes: int) -> float:
    shares = np.bincount(truth, minlength=classes) / len(truth)
    return float(sum(share * _f1(truth == which, said == which) for which, share in enumerate(shares)))


def _of_values(labels: NDArray[np.float64], values: NDArray[np.float64]) -> dict[str, float]:
    errors = values - labels
    spread = float(((labels - labels.mean()) ** 2).sum())
    return {
        "rmse": float(np.sqrt((errors**2).mean())),
        "mae": float(np.abs(errors).mean()),
        "r2": 1 - float((errors**2).sum()) / spread if spread else 0.0,
    }

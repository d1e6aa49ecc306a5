"""Every metric as a formula over weighted rows.

Weights of one give the metric itself, and the counts of a bootstrap's draws give it once a draw, all draws
at once: what is reported and its interval can never come from two formulas.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from training.evaluate.predictions import Classified, Predictions, Valued

Floats = NDArray[np.float64]
Measure = Callable[[NDArray[np.int64], Floats], dict[str, Floats]]
"""Rows, and each draw's weights of them → metric → its value in each draw; nan where it has none."""
SMALLEST = 1e-15
CONSTANT = "best_constant_classifier"


def measure_of(predictions: Predictions) -> Measure:
    if isinstance(predictions, Valued):
        return _regression(predictions)
    return (
        _multiclass(predictions)
        if predictions.positive is None
        else _binary(predictions, predictions.positive)
    )


def _binary(predictions: Classified, positive: int) -> Measure:
    truth, score = predictions.truth == positive, predictions.probabilities[:, positive]
    said = predictions.said == positive
    cells = [truth & said, ~truth & said, truth & ~said, ~truth & ~said]
    counted = np.column_stack([*cells, _losses(predictions)])
    always = truth.mean() > 0.5

    def measure(rows: NDArray[np.int64], weights: Floats) -> dict[str, Floats]:
        tp, fp, fn, tn, loss = (weights @ counted[rows]).T
        none = np.zeros_like(tp)
        constant = _rates(tp + fn, fp + tn, none, none) if always else _rates(none, none, tp + fn, fp + tn)
        return {
            **_rates(tp, fp, fn, tn),
            **{f"{name}_{CONSTANT}": constant[name] for name in ("recall", "precision", "accuracy")},
            "auc": _area(truth[rows], score[rows], weights),
            "logloss": loss / weights.sum(axis=1),
        }

    return measure


def _rates(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> dict[str, Floats]:
    """What true and false positives and negatives give; a share of nothing is 0."""
    recall, precision, specific = _share(tp, tp + fn), _share(tp, tp + fp), _share(tn, tn + fp)
    return {
        "recall": recall,
        "precision": precision,
        "accuracy": _share(tp + tn, tp + fp + fn + tn),
        "true_positive_rate": recall,
        "true_negative_rate": specific,
        "false_positive_rate": _share(fp, tn + fp),
        "false_negative_rate": _share(fn, tp + fn),
        **{f"f{name}": _f(precision, recall, beta) for name, beta in (("0_5", 0.5), ("1", 1), ("2", 2))},
    }


def _multiclass(predictions: Classified) -> Measure:
    said, loss, size = predictions.said, _losses(predictions), len(predictions.classes)
    often = int(np.argmax(np.bincount(predictions.truth, minlength=size)))

    def measure(rows: NDArray[np.int64], weights: Floats) -> dict[str, Floats]:
        truth = predictions.truth[rows]
        found = _weighted(truth, said[rows], weights, size)
        constant = _weighted(truth, np.full(len(rows), often), weights, size)
        return {
            **found,
            **{f"{name}_{CONSTANT}": value for name, value in constant.items()},
            "logloss": weights @ loss[rows] / weights.sum(axis=1),
        }

    return measure


def _weighted(
    truth: NDArray[np.int64], said: NDArray[np.int64], weights: Floats, size: int
) -> dict[str, Floats]:
    """Each class's figures, weighed by how many rows are of it."""
    hit = truth == said
    actual, named = _by_class(truth, weights, size), _by_class(said, weights, size)
    right = _by_class(truth[hit], weights[:, hit], size)
    recall, precision = _share(right, actual), _share(right, named)
    total = weights.sum(axis=1)
    found = {"weighted_recall": recall, "weighted_precision": precision}
    for name, beta in (("0_5", 0.5), ("1", 1.0), ("2", 2.0)):
        found[f"weighted_f{name}"] = _f(precision, recall, beta)
    averaged = {name: (values * actual).sum(axis=1) / total for name, values in found.items()}
    return {"accuracy": right.sum(axis=1) / total, **averaged}


def _by_class(indices: NDArray[np.int64], weights: Floats, size: int) -> Floats:
    """Each draw's weight of each class. A matrix of rows by classes would be too large of many of both."""
    return np.stack([np.bincount(indices, weights=row, minlength=size) for row in weights])


def _regression(predictions: Valued) -> Measure:
    error = predictions.values - predictions.truth
    centred = (
        predictions.truth - predictions.truth.mean()
    )  # of large values the squares lose the digits that matter

    def measure(rows: NDArray[np.int64], weights: Floats) -> dict[str, Floats]:
        total = weights.sum(axis=1)
        mse = weights @ error[rows] ** 2 / total
        spread = weights @ centred[rows] ** 2 / total - (weights @ centred[rows] / total) ** 2
        r2 = 1 - np.divide(mse, spread, out=np.full_like(mse, np.nan), where=spread > 0)
        return {"mae": weights @ np.abs(error[rows]) / total, "mse": mse, "rmse": np.sqrt(mse), "r2": r2}

    return measure


def _area(truth: NDArray[np.bool_], score: Floats, weights: Floats) -> Floats:
    """Under the ROC curve: how often a positive row scores above a negative one, a tie being half."""
    order = np.argsort(score, kind="stable")
    starts = np.flatnonzero(np.concatenate([[True], np.diff(score[order]) != 0]))
    ordered = weights[:, order]
    hits = np.add.reduceat(ordered * truth[order], starts, axis=1)
    misses = np.add.reduceat(ordered * ~truth[order], starts, axis=1)
    below = np.cumsum(misses, axis=1) - misses / 2
    pairs = hits.sum(axis=1) * misses.sum(axis=1)
    area: Floats = np.divide(
        (hits * below).sum(axis=1), pairs, out=np.full(len(pairs), np.nan), where=pairs > 0
    )
    return area


def _losses(predictions: Classified) -> Floats:
    given = predictions.probabilities[np.arange(len(predictions)), predictions.truth]
    losses: Floats = -np.log(np.clip(given, SMALLEST, 1))
    return losses


def _f(precision: Floats, recall: Floats, beta: float) -> Floats:
    return _share((1 + beta**2) * precision * recall, beta**2 * precision + recall)


def _share(part: Floats, whole: Floats) -> Floats:
    share: Floats = np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
    return share

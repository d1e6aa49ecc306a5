"""evaluation.json, in the Model Registry's own format for each type of problem."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from training.evaluate.curves import precision_recall_curve, roc_curve
from training.evaluate.predictions import Classified, Valued

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from training.evaluate.figures import Figure
    from training.evaluate.predictions import Predictions

FEWEST_FOR_DEVIATION = 200
MOST_POINTS = 200
NOT_IN_FORMAT = {"logloss"}


def registry_report(predictions: Predictions, figures: Mapping[str, Figure]) -> dict[str, Any]:
    reliable = len(predictions) >= FEWEST_FOR_DEVIATION
    leaves = {
        name: _leaf(figure, reliable)
        for name, figure in figures.items()
        if name not in NOT_IN_FORMAT and math.isfinite(figure.value)
    }
    return {"version": 0.0, "dataset": {"item_count": len(predictions)}, **_section(predictions, leaves)}


def _section(predictions: Predictions, leaves: dict[str, Any]) -> dict[str, Any]:
    if isinstance(predictions, Valued):
        return {"regression_metrics": leaves}
    shown = {"confusion_matrix": matrix(predictions), **leaves}
    if predictions.positive is None:
        return {"multiclass_classification_metrics": shown}
    return {"binary_classification_metrics": shown | curves(predictions, predictions.positive)}


def matrix(predictions: Classified) -> dict[str, dict[str, int]]:
    """Outer key: actual; inner key: predicted."""
    names = predictions.classes
    counts = predictions.counts().tolist()
    return {name: dict(zip(names, row, strict=True)) for name, row in zip(names, counts, strict=True)}


def curves(predictions: Classified, positive: int) -> dict[str, Any]:
    """Of rows that are all of one class there are none."""
    truth, score = predictions.truth == positive, predictions.probabilities[:, positive]
    if truth.all() or not truth.any():
        return {}
    false_rates, true_rates = roc_curve(truth, score)
    precisions, recalls = precision_recall_curve(truth, score)
    return {
        "receiver_operating_characteristic_curve": {
            "false_positive_rates": _thinned(false_rates),
            "true_positive_rates": _thinned(true_rates),
        },
        "precision_recall_curve": {"precisions": _thinned(precisions), "recalls": _thinned(recalls)},
    }


def _leaf(figure: Figure, reliable: bool) -> dict[str, Any]:
    """Of few rows a deviation says little: then it is the text "NaN", as in the registry's own reports."""
    known = reliable and math.isfinite(figure.deviation)
    return {"value": figure.value, "standard_deviation": figure.deviation if known else "NaN"}


def _thinned(points: NDArray[np.float64]) -> list[float]:
    """At most MOST_POINTS of them, evenly taken, both ends among them."""
    if len(points) <= MOST_POINTS:
        return [float(point) for point in points]
    indices = np.linspace(0, len(points) - 1, MOST_POINTS).round().astype(int)
    return [float(point) for point in points[indices]]

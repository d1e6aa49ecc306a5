"""A binary classifier's metrics in the Model Registry's own report format.

Standard deviations: for what a confusion matrix gives, by drawing 1,000 matrices of the same size from its
shares; for the area under the curve, after Hanley and McNeil. Under 200 rows they say little, and are the
text "NaN" as the registry's own reports have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import precision_recall_curve, roc_auc_score, roc_curve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from training.model.labels import Labels

DRAWS = 1000
FEWEST_FOR_DEVIATION = 200
MOST_POINTS = 200
THRESHOLD = 0.5
Counts = Any
"""A count, or an array of counts: the formulas take either."""


@dataclass(frozen=True)
class Confusion:
    """True and false positives and negatives: numbers, or arrays of numbers that were drawn."""

    tp: Counts
    fp: Counts
    fn: Counts
    tn: Counts

    def metrics(self) -> dict[str, Any]:
        recall, precision = _share(self.tp, self.fn), _share(self.tp, self.fp)
        return {
            "recall": recall,
            "precision": precision,
            "accuracy": _share(self.tp + self.tn, self.fp + self.fn),
            "true_positive_rate": recall,
            "true_negative_rate": _share(self.tn, self.fp),
            "false_positive_rate": _share(self.fp, self.tn),
            "false_negative_rate": _share(self.fn, self.tp),
            "f0_5": self._f(0.5),
            "f1": self._f(1),
            "f2": self._f(2),
        }

    def constant(self) -> Confusion:
        """What always answering the more frequent class would give."""
        positives, negatives = self.tp + self.fn, self.fp + self.tn
        if positives > negatives:
            return Confusion(positives, negatives, 0, 0)
        return Confusion(0, 0, positives, negatives)

    def drawn(self) -> Confusion:
        counts = np.array([self.tp, self.fp, self.fn, self.tn])
        draws = np.random.default_rng(0).multinomial(counts.sum(), counts / counts.sum(), size=DRAWS)
        return Confusion(*draws.T)

    def _f(self, beta: float) -> Any:
        weight = beta**2
        return _share((1 + weight) * self.tp, weight * self.fn + self.fp)


def confusion(positive: NDArray[np.bool_], probabilities: NDArray[np.float64]) -> Confusion:
    said = probabilities >= THRESHOLD
    pairs = ((positive & said), (~positive & said), (positive & ~said), (~positive & ~said))
    return Confusion(*(int(pair.sum()) for pair in pairs))


def report(positive: NDArray[np.bool_], probabilities: NDArray[np.float64], labels: Labels) -> dict[str, Any]:
    """evaluation.json."""
    counts = confusion(positive, probabilities)
    measured = counts.metrics() | {"auc": float(roc_auc_score(positive, probabilities))}
    deviations = {name: float(np.std(values)) for name, values in counts.drawn().metrics().items()}
    deviations["auc"] = _auc_deviation(measured["auc"], int(positive.sum()), int((~positive).sum()))
    constant = counts.constant()
    constant_deviations = {name: float(np.std(values)) for name, values in constant.drawn().metrics().items()}
    reliable = len(positive) >= FEWEST_FOR_DEVIATION
    metrics: dict[str, Any] = {"confusion_matrix": matrix(counts, labels)}
    metrics |= {name: _leaf(value, deviations[name], reliable) for name, value in measured.items()}
    metrics |= {
        f"{name}_best_constant_classifier": _leaf(
            constant.metrics()[name], constant_deviations[name], reliable
        )
        for name in ("recall", "precision", "accuracy")
    }
    metrics |= _curves(positive, probabilities)
    return {
        "version": 0.0,
        "dataset": {"item_count": len(positive)},
        "binary_classification_metrics": metrics,
    }


def matrix(counts: Confusion, labels: Labels) -> dict[str, dict[str, int]]:
    """Outer key: actual; inner key: predicted."""
    return {
        labels.negative: {labels.negative: counts.tn, labels.positive: counts.fp},
        labels.positive: {labels.negative: counts.fn, labels.positive: counts.tp},
    }


def values_of(evaluation: Mapping[str, Any]) -> dict[str, float]:
    """Metric → value, of every metric that has one."""
    metrics = evaluation["binary_classification_metrics"]
    return {name: leaf["value"] for name, leaf in metrics.items() if "value" in leaf}


def _share(hits: Any, misses: Any) -> Any:
    """hits / (hits + misses), and 0 where there are neither."""
    total = np.asarray(hits + misses, dtype=np.float64)
    share = np.divide(hits, total, out=np.zeros_like(total), where=total > 0)
    return float(share) if share.ndim == 0 else share


def _leaf(value: float, deviation: float, reliable: bool) -> dict[str, Any]:
    return {"value": value, "standard_deviation": deviation if reliable else "NaN"}


def _auc_deviation(auc: float, positives: int, negatives: int) -> float:
    both, square = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (positives - 1) * (both - auc**2) + (negatives - 1) * (square - auc**2)
    return float(np.sqrt(max(spread, 0) / (positives * negatives)))


def _curves(positive: NDArray[np.bool_], probabilities: NDArray[np.float64]) -> dict[str, Any]:
    false_rates, true_rates, _ = roc_curve(positive, probabilities)
    precisions, recalls, _ = precision_recall_curve(positive, probabilities)
    return {
        "receiver_operating_characteristic_curve": {
            "false_positive_rates": _thinned(false_rates),
            "true_positive_rates": _thinned(true_rates),
        },
        "precision_recall_curve": {"precisions": _thinned(precisions), "recalls": _thinned(recalls)},
    }


def _thinned(points: NDArray[np.float64]) -> list[float]:
    """At most MOST_POINTS of them, evenly taken, both ends among them."""
    if len(points) <= MOST_POINTS:
        return [float(point) for point in points]
    places = np.linspace(0, len(points) - 1, MOST_POINTS).round().astype(int)
    return [float(point) for point in points[places]]

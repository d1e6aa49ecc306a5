"""Which columns of the matrix stay: recursive feature elimination, or variance inflation factors.

Both look at no more than `MOST_ROWS` training rows, drawn with the run's seed: they fit a model a step, and
the order of columns is settled long before a million rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.errors import Refused

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dropforge.domain.contract import Select

MOST_ROWS = 50_000
MOST_STEPS = 50
SINGULAR = 1e-9
"""An eigenvalue of the correlations below this: some columns add up to others."""


@dataclass(frozen=True)
class Selection:
    kept: list[str]
    document: dict[str, Any]
    """selection.json: the method, each step with its figure, and what is kept."""


def select(
    how: Select, names: list[str], matrix: NDArray[np.float32], target: NDArray[Any], classifies: bool
) -> Selection:
    if how.method == "vif":
        return by_vif(names, matrix, how.limit)
    keep = max(1, len(names) // 2) if how.keep is None else how.keep
    if keep > len(names):
        raise Refused("transform.select", f"keeps {keep} columns, and the matrix has only {len(names)}")
    return by_rfe(names, matrix, target, keep, classifies)


def by_rfe(
    names: list[str], matrix: NDArray[np.float32], target: NDArray[Any], keep: int, classifies: bool
) -> Selection:
    """The least important column goes, the model is fitted again, until `keep` are left. Of very many columns
    as many go at a time that `MOST_STEPS` fits will do."""
    from sklearn.feature_selection import RFE
    from sklearn.linear_model import LinearRegression, LogisticRegression

    values = matrix.astype(np.float64)
    if classifies:  # its coefficients are comparable only on one scale
        values = (values - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-12)
    model = LogisticRegression(max_iter=1000) if classifies else LinearRegression()
    step = max(1, (len(names) - keep) // MOST_STEPS)
    fitted = RFE(model, n_features_to_select=keep, step=step).fit(values, target)
    ranks = {name: int(rank) for name, rank in zip(names, fitted.ranking_, strict=True)}
    dropped = sorted((name for name in names if ranks[name] > 1), key=lambda name: -ranks[name])
    kept = [name for name in names if ranks[name] == 1]
    return Selection(
        kept,
        {
            "method": "rfe",
            "estimator": type(model).__name__,
            "rows": len(matrix),
            "steps": [{"dropped": name, "rank": ranks[name]} for name in dropped],
            "kept": kept,
        },
    )


def by_vif(names: list[str], matrix: NDArray[np.float32], limit: float) -> Selection:
    """The column with the largest factor goes, until none is above the limit."""
    kept, values = list(names), matrix.astype(np.float64)
    steps: list[dict[str, Any]] = []
    factors = inflation(values)
    while len(kept) > 1 and float(np.max(factors)) > limit:
        worst = int(np.argmax(factors))
        steps.append({"dropped": kept[worst], "vif": _finite(factors[worst])})
        del kept[worst]
        values = np.delete(values, worst, axis=1)
        factors = inflation(values)
    return Selection(
        kept,
        {
            "method": "vif",
            "limit": limit,
            "rows": len(matrix),
            "steps": steps,
            "kept": kept,
            "vif": {name: _finite(factor) for name, factor in zip(kept, factors, strict=True)},
        },
    )


def inflation(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each column's 1 / (1 - R²) when the others and a constant explain it; inf where they add up to it.

    It is the diagonal of the inverted correlations, taken from their eigenvectors so that one decomposition
    also shows which columns are part of an exact sum. A column of one value is inf: the constant gives it.
    """
    deviation = values.std(axis=0)
    constant = deviation <= 1e-12 * np.maximum(1, np.abs(values).max(axis=0))
    scaled = (values - values.mean(axis=0)) / np.where(constant, 1, deviation)
    correlations = scaled.T @ scaled / len(values)
    correlations[constant, constant] = 1
    weights, vectors = np.linalg.eigh(correlations)
    exact = weights < SINGULAR
    factors: NDArray[np.float64] = (vectors[:, ~exact] ** 2 / weights[~exact]).sum(axis=1)
    summed = (vectors[:, exact] ** 2).sum(axis=1) > SINGULAR
    factors[summed | constant] = np.inf
    return factors


def _finite(factor: float) -> float | str:
    """JSON has no infinity."""
    return float(factor) if np.isfinite(factor) else "infinite"

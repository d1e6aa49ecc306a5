"""A support vector machine a class: how far a row is from the border, on which side.

One machine for each class against the rest (one in all for two classes), and Platt's sigmoid over its
distances, fitted on distances of rows that the machine did not see. So the graph is one formula with a column
a class, where machines for each pair of classes would need votes. Time grows with the square of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.errors import JobError
from training.train.algorithms.svm_graph import Machines, machines_graph
from training.train.task import Learned, Task

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_ROWS = 20_000
FOLDS = 3
LOOKED_AT = 200


@dataclass(frozen=True)
class Sigmoid:
    slope: float
    shift: float


def learn(task: Task) -> Learned:
    if len(task.train) > MOST_ROWS:
        raise JobError(
            f"svm learns from at most {MOST_ROWS} rows, and the training part has {len(task.train)}: "
            "take another algorithm, or resample"
        )
    matrix, labels = task.train.whole().astype(np.float64), task.train.labels
    sides = [labels == which for which in (range(task.classes) if task.classes > 2 else [1])]
    gamma = _gamma(task, matrix)
    machines = [_machine(task, gamma).fit(matrix, side) for side in sides]
    sigmoids = [_sigmoid(_machine(task, gamma), matrix, side, task) for side in sides]
    joined = _joined(machines, sigmoids, gamma, str(task.parameters["kernel"]))
    strength = _strength(joined, matrix)
    return Learned(
        graph=machines_graph(joined),
        answers=lambda rows: _answers(machines, sigmoids, rows),
        importance=strength / (strength.sum() or 1),
        facts={"vectors": len(joined.vectors), "gamma": gamma},
    )


def _machine(task: Task, gamma: float) -> Any:
    from sklearn.svm import SVC

    return SVC(
        C=float(task.parameters["c"]),
        kernel=str(task.parameters["kernel"]),
        gamma=gamma,
        class_weight="balanced" if task.balanced else None,
    )


def _gamma(task: Task, matrix: NDArray[np.float64]) -> float:
    """scale: 1 / (columns x variance), auto: 1 / columns."""
    given = task.parameters["gamma"]
    if isinstance(given, str):
        spread = float(matrix.var()) if given == "scale" else 1.0
        return float(1 / (matrix.shape[1] * (spread or 1.0)))
    return float(given)


def _sigmoid(machine: Any, matrix: NDArray[np.float64], side: NDArray[np.bool_], task: Task) -> Sigmoid:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=task.seed)
    distances = cross_val_predict(machine, matrix, side, cv=folds, method="decision_function")
    weight = "balanced" if task.balanced else None
    fitted = LogisticRegression(C=1e6, class_weight=weight).fit(distances[:, None], side)
    return Sigmoid(float(fitted.coef_[0, 0]), float(fitted.intercept_[0]))


def _joined(machines: list[Any], sigmoids: list[Sigmoid], gamma: float, kernel: str) -> Machines:
    """All machines over the vectors that any of them uses."""
    used = np.unique(np.concatenate([machine.support_ for machine in machines]))
    weights = np.zeros((len(used), len(machines)))
    vectors = np.zeros((len(used), machines[0].shape_fit_[1]))
    for index, machine in enumerate(machines):
        rows = np.searchsorted(used, machine.support_)
        weights[rows, index] = machine.dual_coef_[0]
        vectors[rows] = machine.support_vectors_
    return Machines(
        kernel=kernel,
        gamma=gamma,
        vectors=vectors,
        weights=weights,
        constants=np.array([machine.intercept_[0] for machine in machines]),
        slopes=np.array([sigmoid.slope for sigmoid in sigmoids]),
        shifts=np.array([sigmoid.shift for sigmoid in sigmoids]),
    )


def _answers(machines: list[Any], sigmoids: list[Sigmoid], rows: NDArray[np.float32]) -> NDArray[np.float64]:
    distances = np.column_stack([machine.decision_function(rows.astype(np.float64)) for machine in machines])
    slopes, shifts = ([getattr(s, name) for s in sigmoids] for name in ("slope", "shift"))
    chances: NDArray[np.float64] = 1 / (1 + np.exp(-(distances * slopes + shifts)))
    if len(machines) == 1:
        return np.hstack([1 - chances, chances])
    shares: NDArray[np.float64] = chances / chances.sum(axis=1, keepdims=True)
    return shares


def _strength(joined: Machines, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far the distances move when a column moves by its spread, by their slopes at some rows."""
    rows = matrix[:: max(1, len(matrix) // LOOKED_AT)][:LOOKED_AT]
    slopes = [np.abs(_slopes(joined, weights, rows)).mean(axis=0) for weights in joined.weights.T]
    moved: NDArray[np.float64] = np.mean(slopes, axis=0) * matrix.std(axis=0)
    return moved


def _slopes(joined: Machines, weights: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The distance's derivative by each column, a row each."""
    if joined.kernel == "linear":
        return np.broadcast_to(weights @ joined.vectors, rows.shape)
    squares = (rows**2).sum(axis=1)[:, None] + (joined.vectors**2).sum(axis=1) - 2 * rows @ joined.vectors.T
    pull = np.exp(-joined.gamma * squares) * weights
    towards: NDArray[np.float64] = pull @ joined.vectors - pull.sum(axis=1)[:, None] * rows
    return 2 * joined.gamma * towards

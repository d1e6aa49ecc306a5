"""Logistic regression: for each class the sum of its columns, weighted."""

from __future__ import annotations

import math
import warnings

import numpy as np

from training.train.output import LOGISTIC, SOFTMAX, linear_graph
from training.train.task import Learned, Task


def learn(task: Task) -> Learned:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    matrix = task.train.whole().astype(np.float64)
    steps = int(task.parameters["iterations"])
    model = LogisticRegression(
        C=math.inf if task.parameters["penalty"] == "none" else float(task.parameters["c"]),
        class_weight="balanced" if task.balanced else None,
        max_iter=steps,
        random_state=task.seed,
    )
    with warnings.catch_warnings():  # training.json says it
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(matrix, task.train.labels)
    strength = np.abs(model.coef_).mean(axis=0) * matrix.std(axis=0)
    taken = int(model.n_iter_.max())
    return Learned(
        graph=linear_graph(model.coef_.T, list(model.intercept_), SOFTMAX if task.classes > 2 else LOGISTIC),
        answers=lambda rows: model.predict_proba(rows.astype(np.float64)),
        importance=strength / (strength.sum() or 1),
        facts={"iterations": taken, "converged": taken < steps},
    )

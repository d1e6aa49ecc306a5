"""Linear regression: ordinary least squares with its full report, or, with a penalty, ridge without one.

A penalty shrinks coefficients on purpose, so standard errors and p-values would not mean what they say.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from training.train.ols.figures import figures
from training.train.ols.fit import fit
from training.train.ols.reading import reading
from training.train.ols.summary import summary
from training.train.output import VALUE, linear_graph
from training.train.task import Learned, Task

if TYPE_CHECKING:
    from numpy.typing import NDArray


def learn(task: Task) -> Learned:
    matrix = task.train.whole().astype(np.float64)
    penalty = float(task.parameters["alpha"])
    files: dict[str, str] = {}
    if penalty:
        coefficients, constant = _ridge(matrix, task.train.labels, penalty)
    else:
        coefficients, constant, files = _ordinary(matrix, task)
    strength = np.abs(coefficients) * matrix.std(axis=0)
    return Learned(
        graph=linear_graph(coefficients[:, None], [constant], VALUE),
        answers=lambda rows: rows.astype(np.float64) @ coefficients + constant,
        importance=strength / (strength.sum() or 1),
        facts={"penalty": penalty},
        files=files,
    )


def _ordinary(matrix: NDArray[np.float64], task: Task) -> tuple[NDArray[np.float64], float, dict[str, str]]:
    result = fit(matrix, task.train.labels)
    found = figures(result, task.names, task.target, matrix)
    document = {**found, "selection": _selection(task), "reading": reading(found, task.in_order)}
    files = {
        "ols.json": json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n",
        "ols.txt": summary(result, task.names, task.target),
    }
    for part in document["reading"]:
        print(f"{part['subject']}: {part['sentence']}", flush=True)
    return np.asarray(result.params[1:]), float(result.params[0]), files


def _ridge(
    matrix: NDArray[np.float64], labels: NDArray[np.float64], penalty: float
) -> tuple[NDArray[np.float64], float]:
    from sklearn.linear_model import Ridge

    model = Ridge(alpha=penalty, solver="cholesky").fit(matrix, labels)
    return np.asarray(model.coef_), float(model.intercept_)


def _selection(task: Task) -> Any:
    """How the columns were selected, where they were."""
    file = task.paths.channel("transform") / "selection.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None

"""XGBoost: boosted trees, on the GPU where there is one, over all hosts of the job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from training.train.algorithms.library import xgboost
from training.train.algorithms.xgboost_to_onnx import ensemble_of
from training.train.hosts import together
from training.train.output import LOGISTIC, SOFTMAX, VALUE
from training.train.task import Learned, Task, class_weights
from training.train.trees import tree_graph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from training.train.rows import Matrix

OURS = ("rounds", "early_stopping", "class_weight")
WATCHED = 16_384
"""Rows of a part that are judged after each round, if it has twice as many: a million would take longer than
the round."""
HELD = 400_000_000
"""Cells of a matrix whose bins are held, at two bytes a cell. Those of a larger one are kept in files beside
it, and the same trees take half as long again."""
SHOWN = {"mlogloss": "logloss", "merror": "error"}
DEVICE = Path("/dev/nvidia0")


class Lines(xgboost.callback.TrainingCallback):
    """One line a round, `[12] train-logloss:0.04 validation-auc:0.99`, for metric expressions."""

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        del model
        figures = [
            f"{part}-{SHOWN.get(metric, metric)}:{values[-1]:.6f}"
            for part, metrics in evals_log.items()
            for metric, values in metrics.items()
        ]
        print(f"[{epoch}] {' '.join(figures)}", flush=True)
        return False


class Batches(xgboost.DataIter):
    """A matrix in pieces, so that only its bins are held; of its rows one in `every`."""

    def __init__(self, matrix: Matrix, weights: NDArray[np.float64] | None, every: int = 1) -> None:
        self._matrix, self._weights, self._every = matrix, weights, every
        self.large = len(matrix) // every * matrix.width > HELD
        self._left: Iterator[tuple[NDArray[np.float32], NDArray[np.float64]]] = iter(())
        super().__init__(cache_prefix=f"{matrix.file}-bins" if self.large else None)

    def next(self, input_data: Callable[..., None]) -> bool:
        for features, labels in self._left:
            taken = labels[:: self._every]
            weights = None if self._weights is None else self._weights[taken.astype(np.int64)]
            input_data(data=features[:: self._every], label=taken, weight=weights)
            return True
        return False

    def reset(self) -> None:
        self._left = self._matrix.batches()


def learn(task: Task) -> Learned:
    with together(task.hosts):
        booster, device = _boost(task)
    booster.set_param({"device": "cpu", "nthread": task.threads})
    gains = booster.get_score(importance_type="total_gain")
    importance = np.array([gains.get(f"f{index}", 0.0) for index in range(len(task.names))])
    kept = booster.num_boosted_rounds()
    return Learned(
        graph=tree_graph(ensemble_of(booster, task.classes), len(task.names), _link(task.classes)),
        answers=lambda rows: _answers(booster, rows, task.classes),
        importance=importance / (importance.sum() or 1),
        facts={"rounds": kept, "device": device, "hosts": len(task.hosts.names)},
    )


def _boost(task: Task) -> tuple[xgboost.Booster, str]:
    """The trees up to the round that was best on the validation part, by the last of the metrics."""
    parameters = _parameters(task)
    train, watched = _binned(task)
    stops = "validation" in watched and "early_stopping" in task.parameters
    booster = xgboost.train(
        parameters,
        train,
        num_boost_round=int(task.parameters["rounds"]),
        evals=[(matrix, name) for name, matrix in watched.items()],
        early_stopping_rounds=int(task.parameters["early_stopping"]) if stops else None,
        verbose_eval=False,
        callbacks=[Lines()],
    )
    kept = booster.best_iteration + 1 if stops else booster.num_boosted_rounds()
    return booster[:kept], str(parameters["device"])


def _binned(task: Task) -> tuple[xgboost.DMatrix, dict[str, xgboost.DMatrix]]:
    """The training rows' bins, and what is judged each round: some of them and of the validation part."""
    weights = class_weights(task.train.labels, task.classes) if task.balanced and task.classes else None
    train = _bins(Batches(task.train, weights), task.threads)
    every = _every(task.train)
    some = train if every == 1 else _bins(Batches(task.train, weights, every), task.threads, train)
    watched = {"train": some}
    if len(task.validation):
        batches = Batches(task.validation, None, _every(task.validation))
        watched["validation"] = _bins(batches, task.threads, train)
    return train, watched


def _every(part: Matrix) -> int:
    """One row in so many is watched."""
    return max(1, len(part) // WATCHED)


def _bins(batches: Batches, threads: int, like: xgboost.DMatrix | None = None) -> xgboost.DMatrix:
    kind = xgboost.ExtMemQuantileDMatrix if batches.large else xgboost.QuantileDMatrix
    return kind(batches, ref=like, nthread=threads)


def _parameters(task: Task) -> dict[str, Any]:
    if task.classes > 2:
        aim = {
            "objective": "multi:softprob",
            "num_class": task.classes,
            "eval_metric": ["merror", "mlogloss"],
        }
    elif task.classes:
        aim = {"objective": "binary:logistic", "eval_metric": ["auc", "logloss"]}
    else:
        aim = {"objective": "reg:squarederror", "eval_metric": ["mae", "rmse"]}
    return {
        **{name: value for name, value in task.parameters.items() if name not in OURS},
        **aim,
        "tree_method": "hist",
        "device": "cuda" if xgboost.build_info()["USE_CUDA"] and DEVICE.exists() else "cpu",
        "seed": task.seed,
        "nthread": task.threads,
    }


def _link(classes: int) -> str:
    if classes > 2:
        return SOFTMAX
    return LOGISTIC if classes else VALUE


def _answers(booster: xgboost.Booster, rows: NDArray[np.float32], classes: int) -> NDArray[Any]:
    found: NDArray[Any] = booster.inplace_predict(rows)
    return np.column_stack([1 - found, found]) if classes == 2 else found

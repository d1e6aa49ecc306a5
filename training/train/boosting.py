"""XGBoost on the matrices, and its trees as an ONNX graph that answers the same."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import xgboost
from onnxmltools.convert import convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType

from training.errors import JobError
from training.model.graphs import open_graph

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

LARGEST_DIFFERENCE = 1e-5
OURS = ("rounds", "early_stopping")


@dataclass(frozen=True)
class Matrix:
    features: NDArray[np.float32]
    labels: NDArray[np.float32]

    @classmethod
    def load(cls, folder: Path) -> Matrix:
        """The features stay on disk until XGBoost bins them."""
        features = np.load(folder / "features.npy", mmap_mode="r", allow_pickle=False)
        return cls(features, np.load(folder / "labels.npy", allow_pickle=False))


class Lines(xgboost.callback.TrainingCallback):
    """One line a round, `[12] train-logloss:0.04 validation-auc:0.99`, for metric expressions."""

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        del model
        figures = [
            f"{part}-{metric}:{values[-1]:.6f}"
            for part, metrics in evals_log.items()
            for metric, values in metrics.items()
        ]
        print(f"[{epoch}] {' '.join(figures)}", flush=True)
        return False


def boost(train: Matrix, validation: Matrix, parameters: Mapping[str, float], seed: int) -> xgboost.Booster:
    """The trees up to the round that was best on the validation part, judged by log loss."""
    learned = xgboost.QuantileDMatrix(train.features, train.labels)
    held_out = xgboost.QuantileDMatrix(validation.features, validation.labels, ref=learned)
    booster = xgboost.train(
        {
            **{name: value for name, value in parameters.items() if name not in OURS},
            "objective": "binary:logistic",
            "eval_metric": ["auc", "logloss"],
            "tree_method": "hist",
            "seed": seed,
            "nthread": _threads(),
        },
        learned,
        num_boost_round=int(parameters["rounds"]),
        evals=[(learned, "train"), (held_out, "validation")],
        early_stopping_rounds=int(parameters["early_stopping"]),
        verbose_eval=False,
        callbacks=[Lines()],
    )
    return booster[: booster.best_iteration + 1]


def write_graph(booster: xgboost.Booster, width: int, place: Path) -> None:
    graph = convert_xgboost(booster, initial_types=[("features", FloatTensorType([None, width]))])
    graph.graph.name = "model"
    place.write_bytes(graph.SerializeToString(deterministic=True))


def check_graph(booster: xgboost.Booster, place: Path, rows: NDArray[np.float32]) -> float:
    """The largest difference between the graph's probabilities and XGBoost's own; a fault if it matters."""
    (found,) = open_graph(place, threads=0).run(["probabilities"], {"features": np.ascontiguousarray(rows)})
    difference = float(np.abs(found[:, 1] - booster.inplace_predict(rows)).max())
    if not difference <= LARGEST_DIFFERENCE:
        raise JobError(
            f"the compiled model differs from the trained one by {difference:.2g}, "
            f"more than {LARGEST_DIFFERENCE:.0e}; it is not kept"
        )
    return difference


def _threads() -> int:
    """The cores this container may use, which os.cpu_count() overstates."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

"""Which figures a model of each problem is measured by, and which of them a part of a contract may name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.domain.contract.fields import Number

if TYPE_CHECKING:
    from collections.abc import Mapping

BINARY, MULTICLASS, REGRESSION, IMAGE = "binary", "multiclass", "regression", "image"
PROBLEMS = (BINARY, MULTICLASS, REGRESSION, IMAGE)
CLASSES = (BINARY, MULTICLASS, IMAGE)

_SHARE = Number(0, 1)
_ERROR = Number(0, 3e38)
_LOGLOSS = Number(0, 100)
_OF_TWO_CLASSES = ("accuracy", "auc", "precision", "recall", "f0_5", "f1", "f2", "true_negative_rate")
_OF_MANY_CLASSES = (
    "accuracy",
    "weighted_precision",
    "weighted_recall",
    "weighted_f0_5",
    "weighted_f1",
    "weighted_f2",
)
_MULTICLASS: Mapping[str, Number] = dict.fromkeys(_OF_MANY_CLASSES, _SHARE) | {"logloss": _LOGLOSS}

MEASURED: Mapping[str, Mapping[str, Number]] = {
    BINARY: dict.fromkeys(_OF_TWO_CLASSES, _SHARE) | {"logloss": _LOGLOSS},
    MULTICLASS: _MULTICLASS,
    REGRESSION: {"r2": Number(-1, 1), "rmse": _ERROR, "mae": _ERROR, "mse": _ERROR},
    IMAGE: _MULTICLASS,
}
"""The figures of the test part, by the names that the model registry has for them."""
EVERY: Mapping[str, Number] = {name: field for of in MEASURED.values() for name, field in of.items()}

DEFAULT_GATE: Mapping[str, Mapping[str, float]] = {
    BINARY: {"auc": 0.5},
    MULTICLASS: {"accuracy": 0.5},
    REGRESSION: {"r2": 0.0},
    IMAGE: {"accuracy": 0.5},
}
"""No better than guessing: who leaves out the gate has asked for little, and is still spared nonsense."""

OBJECTIVES: Mapping[str, tuple[str, ...]] = {
    BINARY: ("auc", "logloss", "accuracy", "f1"),
    MULTICLASS: ("logloss", "accuracy", "f1"),
    REGRESSION: ("rmse", "mae", "r2"),
    IMAGE: ("logloss", "accuracy", "f1"),
}
"""What training says of the validation part, the default first."""
COMPARED: Mapping[str, str] = {
    BINARY: "auc",
    MULTICLASS: "accuracy",
    REGRESSION: "rmse",
    IMAGE: "accuracy",
}
"""What a challenger and its champion are compared by, unless the contract says otherwise."""
SLICED: Mapping[str, str] = {**dict.fromkeys(CLASSES, "accuracy"), REGRESSION: "rmse"}


def measured(problem: str) -> Mapping[str, Number]:
    """The metrics of a problem; every one where the contract does not say which problem it is."""
    return MEASURED.get(problem, EVERY)

"""Which figures a model of each problem is measured by, and which of them a part of a contract may name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.domain.contract.fields import Number

if TYPE_CHECKING:
    from collections.abc import Mapping

BINARY, MULTICLASS, REGRESSION, IMAGE = "binary", "multiclass", "regression", "image"
PROBLEMS = (BINARY, MULTICLASS, REGRESSION, IMAGE)
CLASSES = (BINARY, MULTICLASS, IMAGE)
TABLES = (BINARY, MULTICLASS, REGRESSION)


def _share(about: str) -> Number:
    return Number(0, 1, about=about)


def _error(about: str) -> Number:
    return Number(0, 3e38, about=f"{about} An upper limit.")


_LOGLOSS = Number(0, 100, about="How far the probabilities are off, confident errors most. An upper limit.")
_OF_TWO_CLASSES: Mapping[str, Number] = {
    "accuracy": _share("The share of correct predictions."),
    "auc": _share("The chance that a positive row is put before a negative one; .5 is guessing."),
    "precision": _share("Of the rows called positive, the share that is."),
    "recall": _share("Of the positive rows, the share that is found."),
    "f0_5": _share("Precision and recall in one, precision counting twice."),
    "f1": _share("Precision and recall in one."),
    "f2": _share("Precision and recall in one, recall counting twice."),
    "true_negative_rate": _share("Of the negative rows, the share that is called negative."),
    "logloss": _LOGLOSS,
}
_OF_MANY_CLASSES: Mapping[str, Number] = {
    "accuracy": _OF_TWO_CLASSES["accuracy"],
    "weighted_precision": _share("Precision of each class, weighted by its rows."),
    "weighted_recall": _share("Recall of each class, weighted by its rows."),
    "weighted_f0_5": _share("f0_5 of each class, weighted by its rows."),
    "weighted_f1": _share("f1 of each class, weighted by its rows."),
    "weighted_f2": _share("f2 of each class, weighted by its rows."),
    "logloss": _LOGLOSS,
}
_OF_NUMBERS: Mapping[str, Number] = {
    "r2": Number(
        -1, 1, about="The share of the variation that is explained; 0 is always predicting the mean."
    ),
    "rmse": _error("The usual error, large ones counting more, in the target's unit."),
    "mae": _error("The mean error, in the target's unit."),
    "mse": _error("The mean squared error."),
}

MEASURED: Mapping[str, Mapping[str, Number]] = {
    BINARY: _OF_TWO_CLASSES,
    MULTICLASS: _OF_MANY_CLASSES,
    REGRESSION: _OF_NUMBERS,
    IMAGE: _OF_MANY_CLASSES,
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
UPPER_LIMITS = ("rmse", "mae", "mse", "logloss")
"""Of these metrics less is better; of every other one more."""


def measured(problem: str) -> Mapping[str, Number]:
    """The metrics of a problem; every one where the contract does not say which problem it is."""
    return MEASURED.get(problem, EVERY)

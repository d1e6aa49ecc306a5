"""What may learn, and its parameters with limits and defaults; the contract and training both read this."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dropforge.domain.contract.fields import Number, NumberOrWord, Text, Value, Word
from dropforge.domain.contract.metrics import BINARY, CLASSES, PROBLEMS, REGRESSION

Fields = Mapping[str, Value]

SCRIPT = "script"
PARAMETER = Text(r"[A-Za-z][A-Za-z0-9_]{0,63}", "a parameter's name (letters, digits and _)")


class ScriptValue(Value):
    """A parameter of a script, which is its own: a number, or a text in one line."""

    def read(self, value: object) -> float | str:
        return _SCRIPT_TEXT.read(value) if isinstance(value, str) else _SCRIPT_NUMBER.read(value)

    def shape(self) -> dict[str, Any]:
        return {"anyOf": [_SCRIPT_NUMBER.schema(), _SCRIPT_TEXT.schema()]}


_SCRIPT_NUMBER = Number(-3e38, 3e38)
_SCRIPT_TEXT = Text(r"[^\x00-\x1f\x7f]{0,500}", "a text of at most 500 characters in one line")
_WEIGHT = Word(
    ("none", "balanced"),
    default="none",
    about="balanced: rare classes count for more, in proportion to how rare they are.",
)
_SHARE_OF_FEATURES = Number(0.01, 1)

XGBOOST: Fields = {
    "rounds": Number(1, 10_000, default=200, whole=True, about="The most trees."),
    "early_stopping": Number(
        1,
        10_000,
        default=20,
        whole=True,
        about="Rounds without a better validation figure after which it stops. Of 32,768 validation rows or "
        "more, only one in every so many is looked at each round; the figures of the end are of them all.",
    ),
    "max_depth": Number(1, 20, default=6, whole=True, about="How deep a tree may grow."),
    "eta": Number(
        0.0001, 1, default=0.1, about="How much of each tree's correction is taken (learning rate)."
    ),
    "min_child_weight": Number(0, 1e6, default=1, about="The least weight of rows in a leaf."),
    "gamma": Number(0, 1e6, default=0, about="The least gain for which a leaf is split."),
    "subsample": Number(0.01, 1, default=1, about="The share of rows that each tree sees."),
    "colsample_bytree": Number(0.01, 1, default=1, about="The share of features that each tree sees."),
    "lambda": Number(0, 1e6, default=1, about="L2 penalty on the leaves."),
    "alpha": Number(0, 1e6, default=0, about="L1 penalty on the leaves."),
    "scale_pos_weight": Number(0.0001, 1e6, default=1, about="How much a positive row counts; binary only."),
    "class_weight": _WEIGHT,
}
_TREE: Fields = {
    "max_depth": Number(1, 50, default=5, whole=True, about="How deep the tree may grow."),
    "min_samples_leaf": Number(1, 1_000_000, default=1, whole=True, about="The fewest rows in a leaf."),
    "min_samples_split": Number(2, 1_000_000, default=2, whole=True, about="The fewest rows that are split."),
    "criterion": Word(("gini", "entropy"), default="gini", about="What a split is judged by; classes only."),
    "max_features": NumberOrWord(
        _SHARE_OF_FEATURES,
        ("all", "sqrt", "log2"),
        default="all",
        about="How many features each split looks at; a share.",
    ),
    "class_weight": _WEIGHT,
}
_FOREST: Fields = {
    "trees": Number(1, 2_000, default=200, whole=True, about="How many trees."),
    **_TREE,
    "max_depth": Number(1, 50, default=12, whole=True, about="How deep each tree may grow."),
    "max_features": NumberOrWord(
        _SHARE_OF_FEATURES,
        ("all", "sqrt", "log2"),
        default="sqrt",
        about="How many features each split looks at; a share.",
    ),
}
_LOGISTIC: Fields = {
    "c": Number(1e-6, 1e6, default=1, about="The inverse of the penalty's strength: the larger, the freer."),
    "penalty": Word(("l2", "none"), default="l2", about="What keeps the coefficients small."),
    "class_weight": _WEIGHT,
    "iterations": Number(10, 100_000, default=1000, whole=True, about="The most steps."),
}
_LINEAR: Fields = {
    "alpha": Number(0, 1e9, default=0, about="The ridge penalty; 0 is ordinary least squares."),
}
_SVM: Fields = {
    "c": Number(1e-6, 1e6, default=1, about="How costly an error is: the larger, the closer the fit."),
    "kernel": Word(("rbf", "linear"), default="rbf", about="The shape of the border between classes."),
    "gamma": NumberOrWord(
        Number(1e-9, 1e6),
        ("scale", "auto"),
        default="scale",
        about="How far one row's influence reaches (rbf).",
    ),
    "class_weight": _WEIGHT,
}

ALGORITHMS: Mapping[str, Fields] = {
    "xgboost": XGBOOST,
    "decision_tree": _TREE,
    "random_forest": _FOREST,
    "logistic": _LOGISTIC,
    "linear": _LINEAR,
    "svm": _SVM,
    SCRIPT: {},
}
DEFAULT = "xgboost"
ABOUT: Mapping[str, str] = {
    "xgboost": "Boosted trees: the first choice for tables. Trains on several hosts if `resources` says so.",
    "decision_tree": "One tree: less exact, and easy to explain.",
    "random_forest": "Many trees on random parts of the rows: hardly anything to tune.",
    "logistic": "A weighted sum turned into probabilities.",
    "linear": "A weighted sum; ordinary least squares, with its whole report in the evaluation.",
    "svm": "A border with the widest margin; slow beyond some 10,000 rows.",
    SCRIPT: """\
Your own Python file, put beside the contract (`contracts/<usecase>/train.py`); the rows, the gate and all
that comes after stay the same. Its parameters are free: up to 50 names with a number or a text each.""",
}
SOLVES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(ALGORITHMS, PROBLEMS),
    "logistic": CLASSES,
    "svm": CLASSES,
    "linear": (REGRESSION,),
}
NEEDS_NO_VALIDATION = ("decision_tree", "random_forest", "logistic", "linear", "svm")
NEEDS_ONE_SCALE = ("logistic", "svm")
"""Unless the contract says otherwise, numbers are brought to one scale for these."""
ON_SEVERAL_HOSTS = ("xgboost",)
_ONLY_FOR: Mapping[str, tuple[str, ...]] = {
    "scale_pos_weight": (BINARY,),
    "class_weight": CLASSES,
    "criterion": CLASSES,
}


def parameters_of(algorithm: str, problem: str) -> Fields:
    """The parameters that make sense for the problem; all of them where the problem is not known."""
    return {
        name: field
        for name, field in ALGORITHMS[algorithm].items()
        if problem in _ONLY_FOR.get(name, PROBLEMS) or problem not in PROBLEMS
    }

"""What can learn, one module each: `learn(task)` → what was learned, as a graph.

A module is imported only when it is the one that learns; another algorithm is a line here and its file.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from training.train.task import Learned, Task

MODULES = {
    "xgboost": "xgboost_train",
    "decision_tree": "decision_tree",
    "random_forest": "random_forest",
    "logistic": "logistic",
    "linear": "linear",
    "svm": "svm",
    "script": "script",
}


def learn(name: str, task: Task) -> Learned:
    module = importlib.import_module(f"training.train.algorithms.{MODULES[name]}")
    return cast("Learned", module.learn(task))

"""What scikit-learn's trees are asked for, and how they become plain trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from training.train.output import SHARES, VALUE
from training.train.trees import Ensemble, Tree, below, tree_graph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.train.task import Task


def settings(task: Task) -> dict[str, Any]:
    """One tree's parameters and a forest's mean the same."""
    parameters = task.parameters
    made: dict[str, Any] = {
        "max_depth": int(parameters["max_depth"]),
        "min_samples_leaf": int(parameters["min_samples_leaf"]),
        "min_samples_split": int(parameters["min_samples_split"]),
        "max_features": None if parameters["max_features"] == "all" else parameters["max_features"],
        "random_state": task.seed,
    }
    if task.classes:
        made |= {"criterion": parameters["criterion"], "class_weight": "balanced" if task.balanced else None}
    return made


def graph_of(grown: Sequence[Any], task: Task) -> bytes:
    """`grown` are its `tree_` objects. A leaf holds a share a class, or a value."""
    ensemble = Ensemble([_tree(tree) for tree in grown], "BRANCH_LEQ", "AVERAGE", [0.0] * task.outputs)
    return tree_graph(ensemble, len(task.names), SHARES if task.classes else VALUE)


def _tree(tree: Any) -> Tree:
    return Tree(
        feature=tree.feature.astype(np.int64),
        threshold=below(tree.threshold),
        yes=tree.children_left.astype(np.int64),
        no=tree.children_right.astype(np.int64),
        values=tree.value[:, 0, :].astype(np.float32),
    )

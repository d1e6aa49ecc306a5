"""XGBoost's own JSON of a model → plain trees."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from training.train.trees import Ensemble, Tree

if TYPE_CHECKING:
    import xgboost


def ensemble_of(booster: xgboost.Booster, classes: int) -> Ensemble:
    learner = json.loads(booster.save_raw("json"))["learner"]
    model = learner["gradient_booster"]["model"]
    trees = [
        _tree(tree, target if classes > 2 else 0)
        for tree, target in zip(model["trees"], model["tree_info"], strict=True)
    ]
    return Ensemble(trees, "BRANCH_LT", "SUM", _base(learner["learner_model_param"], classes))


def _tree(tree: dict[str, Any], target: int) -> Tree:
    """A leaf's value stands where another node has its threshold."""
    conditions = np.array(tree["split_conditions"], dtype=np.float32)
    return Tree(
        feature=np.array(tree["split_indices"], dtype=np.int64),
        threshold=conditions,
        yes=np.array(tree["left_children"], dtype=np.int64),
        no=np.array(tree["right_children"], dtype=np.int64),
        values=conditions[:, None],
        target=target,
    )


def _base(parameters: dict[str, str], classes: int) -> list[float]:
    """What an answer begins with, before any tree; XGBoost states it as a probability for two classes."""
    base = [float(part) for part in parameters["base_score"].strip("[]").split(",")]
    if classes == 2:
        return [math.log(base[0] / (1 - base[0]))]
    return base * classes if classes and len(base) == 1 else base

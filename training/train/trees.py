"""Decision trees, whoever grew them → one ONNX graph that answers the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.model.assembly import Assembly
from training.train.output import FEATURES, finish

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LEAF = "LEAF"


@dataclass(frozen=True)
class Tree:
    """A node's arrays. Leaves have `yes` -1 and their values, one a target; those of others are not read."""

    feature: NDArray[np.int64]
    threshold: NDArray[np.float32]
    yes: NDArray[np.int64]
    """Where a row goes if its feature is under the threshold (or equals it, see the ensemble's rule)."""
    no: NDArray[np.int64]
    values: NDArray[np.float32]
    target: int = 0
    """The first target that the leaves' values are added to."""


@dataclass(frozen=True)
class Ensemble:
    trees: Sequence[Tree]
    rule: str
    """BRANCH_LT or BRANCH_LEQ."""
    combine: str
    """SUM or AVERAGE."""
    base: Sequence[float]
    """Added to each target."""


def tree_graph(ensemble: Ensemble, width: int, link: str) -> bytes:
    graph = Assembly()
    combined = graph.add(
        "TreeEnsembleRegressor",
        FEATURES,
        n_targets=len(ensemble.base),
        aggregate_function=ensemble.combine,
        base_values=[float(value) for value in ensemble.base],
        **_attributes(ensemble),
    )
    return finish(graph, combined, width, len(ensemble.base), link)


def _attributes(ensemble: Ensemble) -> dict[str, list[Any]]:
    parts = [_of_one(index, tree, ensemble.rule) for index, tree in enumerate(ensemble.trees)]
    return {name: [item for part in parts for item in part[name]] for name in parts[0]}


def _of_one(index: int, tree: Tree, rule: str) -> dict[str, list[Any]]:
    count, targets = len(tree.yes), tree.values.shape[1]
    leaf = tree.yes < 0
    leaves = np.flatnonzero(leaf)
    return {
        "nodes_treeids": [index] * count,
        "nodes_nodeids": list(range(count)),
        "nodes_featureids": np.where(leaf, 0, tree.feature).tolist(),
        "nodes_values": np.where(leaf, 0, tree.threshold).tolist(),
        "nodes_modes": [LEAF if end else rule for end in leaf],
        "nodes_truenodeids": np.where(leaf, 0, tree.yes).tolist(),
        "nodes_falsenodeids": np.where(leaf, 0, tree.no).tolist(),
        "nodes_missing_value_tracks_true": [0] * count,
        "target_treeids": [index] * (len(leaves) * targets),
        "target_nodeids": np.repeat(leaves, targets).tolist(),
        "target_ids": np.tile(np.arange(tree.target, tree.target + targets), len(leaves)).tolist(),
        "target_weights": tree.values[leaves].astype(np.float32).ravel().tolist(),
    }


def below(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """The largest 32-bit floats that are not above: for 32-bit features the same question as with 64 bits."""
    rounded = thresholds.astype(np.float32)
    over = rounded.astype(np.float64) > thresholds
    return np.where(over, np.nextafter(rounded, np.float32(-np.inf)), rounded).astype(np.float32)

"""What an algorithm is given, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from training.paths import Paths
    from training.train.hosts import Hosts
    from training.train.rows import Matrix


@dataclass(frozen=True)
class Task:
    target: str
    names: Sequence[str]
    classes: int
    """0 for a regression."""
    train: Matrix
    validation: Matrix
    """It may have no rows."""
    parameters: Mapping[str, float | str]
    seed: int
    in_order: bool
    """The rows stand in the order of the file, as they do if it is split by time."""
    threads: int
    hosts: Hosts
    paths: Paths

    @property
    def balanced(self) -> bool:
        return self.parameters.get("class_weight") == "balanced"

    @property
    def outputs(self) -> int:
        return self.classes or 1


@dataclass(frozen=True)
class Learned:
    graph: bytes
    answers: Callable[[NDArray[np.float32]], NDArray[Any]] | None
    """The trained model's own way to answer; None where the graph is all there is."""
    importance: NDArray[Any] | None
    """One figure a column of the matrix, the larger the more it counts."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """They go to training.json."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Name → text: they go into the model's folder as they are."""


def class_weights(labels: NDArray[np.float64], classes: int) -> NDArray[np.float64]:
    """For each class what makes all classes count alike: rows / (classes x rows of the class)."""
    counts = np.bincount(labels.astype(np.int64), minlength=classes)
    return len(labels) / (classes * np.maximum(counts, 1))

"""labels.json: the classes in the order of a model's probabilities, and the positive one of two; and which of
them a row's probabilities decide for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from numpy.typing import NDArray

THRESHOLD = 0.5
"""The probability from which on the positive class of two is the answer."""


@dataclass(frozen=True)
class Labels:
    """A regression has no classes; only a binary problem has a positive one."""

    classes: tuple[str, ...]
    positive: str | None = None

    @classmethod
    def read(cls, file: Path) -> Labels:
        document = json.loads(file.read_text(encoding="utf-8"))
        return cls(tuple(document["classes"]), document["positive"])

    @property
    def positive_index(self) -> int | None:
        return None if self.positive is None else self.classes.index(self.positive)

    @property
    def negative(self) -> str:
        return next(name for name in self.classes if name != self.positive)


def decided(probabilities: NDArray[Any], positive: int | None) -> NDArray[np.int64]:
    """The index of each row's class: of two the positive one from the threshold on, else the likeliest."""
    if positive is None:
        return np.asarray(probabilities.argmax(axis=1), dtype=np.int64)
    return np.where(probabilities[:, positive] >= THRESHOLD, positive, 1 - positive)

"""labels.json: the classes in the order of a model's probabilities, and the positive one of two."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


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
    def positive_place(self) -> int | None:
        return None if self.positive is None else self.classes.index(self.positive)

    @property
    def negative(self) -> str:
        return next(name for name in self.classes if name != self.positive)

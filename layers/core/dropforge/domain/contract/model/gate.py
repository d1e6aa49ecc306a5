"""What a model must reach."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

UPPER_LIMITS = ("rmse", "mae", "mse", "logloss")
"""Of these metrics less is better; of every other one more."""


@dataclass(frozen=True)
class Champion:
    """A challenger that is worse than the champion by more than `margin` is refused; parsing fills in the
    metric."""

    metric: str | None = None
    margin: float = 0.0


@dataclass(frozen=True)
class Slices:
    """No group of at least `minimum` rows may be worse than all rows by more than `margin`."""

    columns: tuple[str, ...]
    metric: str | None = None
    margin: float = 0.1
    minimum: int = 50


@dataclass(frozen=True)
class Gate:
    """`limits`: the least of each metric, the most of those in UPPER_LIMITS."""

    limits: Mapping[str, float] = field(default_factory=dict)
    champion: Champion | None = None
    slices: Slices | None = None

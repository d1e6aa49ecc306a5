"""What becomes of the columns, what learns, and how its parameters are searched."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Bin:
    """One of the three: at these edges, in as many equally full bins, or in bins of one width."""

    edges: tuple[float, ...] = ()
    quantiles: int | None = None
    width: float | None = None


@dataclass(frozen=True)
class ColumnTransform:
    """What one column has of its own; None: as the whole transform says."""

    impute: str | None = None
    encode: str | None = None
    scale: str | None = None
    bin: Bin | None = None
    log: bool = False
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Select:
    """rfe: down to `keep` columns, half of them if None. vif: drops the worst until none is above `limit`."""

    method: str
    keep: int | None = None
    limit: float = 10.0


@dataclass(frozen=True)
class Transform:
    """impute: numbers that are missing; missing: categories that are."""

    impute: str = "median"
    missing: str = "category"
    encode: str = "dummies"
    scale: str = "none"
    columns: Mapping[str, ColumnTransform] = field(default_factory=dict)
    select: Select | None = None


@dataclass(frozen=True)
class Algorithm:
    """`entry` is the file that a script starts with; the other algorithms have none."""

    name: str = "xgboost"
    parameters: Mapping[str, float | str] = field(default_factory=dict)
    entry: str | None = None

    def hyperparameters(self) -> dict[str, str]:
        """As SageMaker passes them: every value a text."""
        return {
            name: value if isinstance(value, str) else f"{value:.15g}"
            for name, value in self.parameters.items()
        }


@dataclass(frozen=True)
class Range:
    """From `min` to `max`, or one of `values`."""

    min: float | None = None
    max: float | None = None
    scale: str = "linear"
    values: tuple[float | str, ...] = ()


@dataclass(frozen=True)
class Tuning:
    """`objective` is a metric of the validation part; parsing fills it in."""

    ranges: Mapping[str, Range]
    strategy: str = "bayesian"
    trials: int = 20
    parallel: int = 2
    objective: str | None = None
    early_stopping: bool = False

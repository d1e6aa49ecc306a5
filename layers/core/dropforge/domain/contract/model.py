"""A parsed contract. Whoever holds one may trust it: it exists only if every rule of `parse` holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dropforge.domain.contract.cells import SPACES

if TYPE_CHECKING:
    from collections.abc import Mapping

NUMERIC = ("integer", "number")
FEATURES = (*NUMERIC, "category")


@dataclass(frozen=True)
class Column:
    """One column of the drop. `values` are a category's allowed ones; empty allows any."""

    name: str
    type: str
    min: float | None = None
    max: float | None = None
    values: tuple[str, ...] = ()
    required: bool = False
    unique: bool = False

    @property
    def numeric(self) -> bool:
        return self.type in NUMERIC


@dataclass(frozen=True)
class Reader:
    delimiter: str
    encoding: str
    nulls: tuple[str, ...]


@dataclass(frozen=True)
class Quality:
    """The most bad rows and duplicates (shares of all rows), and the least rows, in all and of each class."""

    bad_rows: float
    duplicates: float
    minimum_rows: int
    minimum_class: int
    megabytes: float


@dataclass(frozen=True)
class Split:
    train: float
    validation: float
    test: float
    seed: int


@dataclass(frozen=True)
class Algorithm:
    name: str
    parameters: Mapping[str, float]

    def hyperparameters(self) -> dict[str, str]:
        """As SageMaker passes them: every value a text."""
        return {name: f"{value:.15g}" for name, value in self.parameters.items()}


@dataclass(frozen=True)
class Serving:
    instance_type: str
    instances: int
    capture: int
    latency_ms: int


@dataclass(frozen=True)
class Resources:
    instance_type: str
    instances: int
    volume_gb: int
    minutes: int


@dataclass(frozen=True)
class Contract:
    """`positive` is None where the contract leaves it to the data: see `positive_class`."""

    usecase: str
    problem: str
    target: str
    positive: str | None
    columns: tuple[Column, ...]
    drop: Mapping[str, str]
    reader: Reader
    quality: Quality
    split: Split
    algorithm: Algorithm
    gate: Mapping[str, float]
    confidence: float
    serving: Serving
    resources: Resources
    owners: tuple[str, ...]

    @property
    def features(self) -> tuple[Column, ...]:
        """What the model sees, in the contract's order; an id, a date or free text is no feature."""
        return tuple(c for c in self.columns if c.type in FEATURES and c.name != self.target)

    @property
    def target_column(self) -> Column:
        return next(column for column in self.columns if column.name == self.target)

    @property
    def ignored(self) -> frozenset[str]:
        """Columns that a request may carry and that no prediction reads."""
        features = {column.name for column in self.features}
        return frozenset({column.name for column in self.columns} - features) | frozenset(self.drop)


def null_markers(contract: Contract) -> frozenset[str]:
    """What a cell says, spaces aside, where there is no value; an empty cell never has one."""
    return frozenset(("", *(marker.strip(SPACES) for marker in contract.reader.nulls)))


def positive_class(positive: str | None, classes: tuple[str, ...]) -> str | None:
    """The positive one of the classes found: the contract's, else 1, true, yes or y; else None."""
    if positive is not None:
        return positive if positive in classes else None
    return next((c for word in ("1", "true", "yes", "y") for c in classes if c.lower() == word), None)

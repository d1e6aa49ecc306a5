"""The whole contract, and what the jobs and the endpoint run on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dropforge.domain.contract.model.data import (
    FEATURES,
    Column,
    Image,
    Quality,
    Reader,
    Resample,
    RowRule,
    Split,
)
from dropforge.domain.contract.model.gate import Gate
from dropforge.domain.contract.model.learning import Algorithm, Transform, Tuning
from dropforge.domain.reading.cells import SPACES

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Serving:
    instance_type: str = "ml.m5.large"
    instances: int = 1
    capture: int = 100
    latency_ms: int = 1000


@dataclass(frozen=True)
class Resources:
    instance_type: str = "ml.m5.large"
    instances: int = 1
    volume_gb: int = 10
    minutes: int = 60
    spot: bool = False


@dataclass(frozen=True)
class Contract:
    """`positive` is None where the contract leaves it to the data: see `positive_class`.

    `columns` are none and `image` is set where the problem is image; `classes` may name its folders.
    """

    usecase: str
    problem: str
    target: str
    columns: tuple[Column, ...] = ()
    positive: str | None = None
    classes: tuple[str, ...] = ()
    drop: Mapping[str, str] = field(default_factory=dict)
    reader: Reader = field(default_factory=Reader)
    image: Image | None = None
    rules: tuple[RowRule, ...] = ()
    quality: Quality = field(default_factory=Quality)
    split: Split = field(default_factory=Split)
    resample: Resample = field(default_factory=Resample)
    transform: Transform = field(default_factory=Transform)
    algorithm: Algorithm = field(default_factory=Algorithm)
    tuning: Tuning | None = None
    gate: Gate = field(default_factory=Gate)
    confidence: float = 0.5
    serving: Serving = field(default_factory=Serving)
    resources: Resources = field(default_factory=Resources)
    owners: tuple[str, ...] = ()

    @property
    def classifies(self) -> bool:
        return self.problem != "regression"

    @property
    def features(self) -> tuple[Column, ...]:
        """What the model sees, in the contract's order; an id, free text or a date without parts is none."""
        return tuple(column for column in self.columns if self._is_feature(column))

    def _is_feature(self, column: Column) -> bool:
        if column.name == self.target:
            return False
        own = self.transform.columns.get(column.name)
        return column.type in FEATURES or (column.type == "date" and own is not None and bool(own.parts))

    @property
    def target_column(self) -> Column:
        """Of pictures, the folder's name."""
        named = (column for column in self.columns if column.name == self.target)
        return next(named, Column(self.target, "category", values=self.classes))

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

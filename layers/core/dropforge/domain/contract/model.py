"""A parsed contract. Whoever holds one may trust it: it exists only if every rule of `parse` holds.

A default stands here once; the parser, the JSON Schema and the reference page read it from these classes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from dropforge.domain.contract.cells import SPACES

if TYPE_CHECKING:
    from collections.abc import Mapping

NUMERIC = ("integer", "number")
FEATURES = (*NUMERIC, "category")
UPPER_LIMITS = ("rmse", "mae", "mse", "logloss")
"""Of these metrics less is better; of every other one more."""


@dataclass(frozen=True)
class Column:
    """One column of the drop. `values` are a category's allowed ones, none allows any; `format` is a date's,
    ISO 8601 if None."""

    name: str
    type: str
    min: float | None = None
    max: float | None = None
    values: tuple[str, ...] = ()
    required: bool = False
    unique: bool = False
    format: str | None = None

    @property
    def numeric(self) -> bool:
        return self.type in NUMERIC


@dataclass(frozen=True)
class Reader:
    """`format` auto: by the drop's extension."""

    format: str = "auto"
    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    nulls: tuple[str, ...] = ("",)


class Term(NamedTuple):
    """A part of a sum: `coefficient` times the column, or, where `column` is None, the constant."""

    coefficient: float
    column: str | None
    constant: float


@dataclass(frozen=True)
class RowRule:
    """A row in which the comparison of the two sums does not hold goes to quarantine, under the name."""

    name: str
    left: tuple[Term, ...]
    op: str
    right: tuple[Term, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(t.column for t in (*self.left, *self.right) if t.column is not None))


@dataclass(frozen=True)
class Quality:
    """The most bad rows, duplicates and missing values (shares); the least rows, in all and of each class;
    and what a finding about a column does: refuse, warn or ignore."""

    bad_rows: float = 0.05
    duplicates: float = 0.05
    minimum_rows: int = 200
    minimum_class: int = 20
    megabytes: float = 2048
    nulls: float = 1.0
    constant: str = "warn"
    redundant: str = "warn"
    unique: str = "warn"
    leakage: str = "warn"


@dataclass(frozen=True)
class Split:
    """`seed` None: from the drop's digest. `stratify` None: for classes, where the split is random."""

    train: float = 0.7
    validation: float = 0.15
    test: float = 0.15
    seed: int | None = None
    by: str = "random"
    column: str | None = None
    stratify: bool | None = None


@dataclass(frozen=True)
class Resample:
    """Of the training part only; `ratio` is the rarest class over the most frequent one, to be reached."""

    method: str = "none"
    ratio: float = 1.0


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


@dataclass(frozen=True)
class Image:
    """What every picture is scaled to."""

    height: int = 32
    width: int = 32


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

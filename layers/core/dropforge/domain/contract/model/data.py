"""The data: its columns, how a file is read, what its rows must be like and how they are divided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

NUMERIC = ("integer", "number")
FEATURES = (*NUMERIC, "category")


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
    """`format` auto: by the drop's extension. `decimal`: the point or the comma in a CSV's numbers."""

    format: str = "auto"
    delimiter: str = ","
    decimal: str = "."
    quote: str = '"'
    encoding: str = "utf-8"
    nulls: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class Image:
    """What every picture is scaled to."""

    height: int = 32
    width: int = 32


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

"""What a file holds, seen without a contract: the image finds it, and `dropforge init` drafts from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Column:
    """What was seen in one column.

    `counts` is empty where there are too many different values to list. `lowest`, `highest`: the value, how
    many rows have it, the next value. `formats` are those that read every date; None among them is ISO 8601.
    """

    name: str
    present: int
    missing: int
    markers: dict[str, int]
    doubtful: dict[str, int]
    distinct: int
    counts: dict[str, int]
    numbers: int = 0
    whole: int = 0
    negative: int = 0
    lowest: tuple[float, int, float] | None = None
    highest: tuple[float, int, float] | None = None
    formats: tuple[str | None, ...] = ()

    @property
    def numeric(self) -> bool:
        """True when every value is a number."""
        return 0 < self.numbers == self.present

    @property
    def integer(self) -> bool:
        """True when every value is a whole number."""
        return self.numeric and self.whole == self.present


@dataclass(frozen=True)
class Relation:
    """What columns tell of the answer, or of the last one among them. `measure`: sum, r, AUC or |r|."""

    columns: tuple[str, ...]
    measure: str
    figure: float
    certain: bool


@dataclass(frozen=True)
class Survey:
    """What was seen in a file. `commas`: the columns that only a decimal comma makes numbers, each with a
    cell that shows it; none where the file's numbers have a point."""

    format: str
    encoding: str
    delimiter: str
    commas: dict[str, str]
    rows: int
    whole: bool
    regression: bool
    columns: tuple[Column, ...]
    leaking: tuple[Relation, ...]
    redundant: tuple[Relation, ...]

    @property
    def nulls(self) -> list[str]:
        """The markers of "nothing" that were seen."""
        return sorted({marker for column in self.columns for marker in column.markers})


def read_survey(found: dict[str, Any]) -> Survey:
    """The facts in survey.json."""
    relations = {name: tuple(map(read_relation, found[name])) for name in ("leaking", "redundant")}
    columns = tuple(Column(**{**each, "formats": tuple(each["formats"])}) for each in found["columns"])
    return Survey(**{**found, **relations, "columns": columns})


def read_relation(found: dict[str, Any]) -> Relation:
    """One relation."""
    return Relation(**{**found, "columns": tuple(found["columns"])})

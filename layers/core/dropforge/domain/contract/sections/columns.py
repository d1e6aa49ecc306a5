"""The columns of the data: `Age: {type: integer, min: 18}`, or in short `Age: integer`; and those dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract.fields import Flag, InvalidError, Number, Several, Text, Value, Word, shown
from dropforge.domain.contract.metrics import TABLES
from dropforge.domain.contract.parts import ByName, Part, key
from dropforge.domain.contract.section import Section
from dropforge.domain.reading.cells import LARGEST_NUMBER, category_text

if TYPE_CHECKING:
    from dropforge.domain.contract.problems import Problems
    from dropforge.domain.contract.reading import Reading
    from dropforge.domain.contract.whole import Contract

TYPES = ("integer", "number", "category", "string", "date", "id")
NUMERIC = ("integer", "number")
FEATURES = (*NUMERIC, "category")
NAME = Text(r"(?!\s)[^\x00-\x1f\x7f]{1,256}(?<!\s)", "a column's name (1 to 256 characters)")
REASON = Text(r"[^\x00]{1,500}", "a reason of 1 to 500 characters")


class CategoryValue(Value):
    """A value of a category, in its one spelling."""

    def read(self, value: object) -> str:
        text = category_text(value)
        if text is None or not 1 <= len(text) <= 256 or "\x00" in text:
            raise InvalidError(f"{shown(value)} is not a value of a category (text, a number, true or false)")
        return text

    def shape(self) -> dict[str, Any]:
        return {"type": ["string", "number", "boolean"]}


@dataclass(frozen=True)
class Column:
    """One column of the drop; ISO 8601 is the format of a date that has none."""

    name: str
    type: str = key(
        Word(
            TYPES,
            default="",
            missing=f"is missing; give one of {', '.join(TYPES)}",
            about="What its cells hold.",
        )
    )
    min: float | None = key(Number(-LARGEST_NUMBER, LARGEST_NUMBER, about="The smallest number."))
    max: float | None = key(Number(-LARGEST_NUMBER, LARGEST_NUMBER, about="The largest number."))
    required: bool = key(Flag(default=False, about="Whether a row without a value is a bad row."))
    unique: bool = key(Flag(default=False, about="Whether a row that repeats a value is a bad row."))
    format: str | None = key(
        Text(
            r"(?:%[YymdHMSjbBpI]|[^%\x00-\x1f\x7f]){1,64}",
            "a date's format such as %d-%m-%Y",
            about="How a date is written, such as %d-%m-%Y; without it, ISO 8601.",
            otherwise="ISO 8601",
        )
    )
    values: tuple[str, ...] = key(
        Several(
            CategoryValue(about="One value of a category."),
            1000,
            least=1,
            default=(),
            about="A category's allowed values; without them, any.",
            otherwise="any",
        )
    )

    @property
    def numeric(self) -> bool:
        return self.type in NUMERIC


def finish_column(column: Column, _given: Mapping[str, Any], reading: Reading) -> Column:
    if not column.type:
        return column
    for name, limit in (("min", column.min), ("max", column.max)):
        if limit is not None and not column.numeric:
            reading.below(name).fault(f"only an integer or a number has a {name}, not {column.type!r}")
    if column.format is not None:
        _check_format(column, column.format, reading.below("format"))
    if column.values and column.type != "category":
        reading.below("values").fault(f"only a category has values, not {column.type!r}")
    if column.min is not None and column.max is not None and column.min > column.max:
        reading.below("min").fault(f"{column.min:.15g} is above max, {column.max:.15g}")
    return column


def check_drop(contract: Contract, problems: Problems) -> None:
    for name in sorted({column.name for column in contract.columns} & set(contract.drop)):
        problems.add(("drop", name), "is listed under columns as well; keep one of the two")


def _check_format(column: Column, form: str, reading: Reading) -> None:
    if column.type != "date":
        reading.fault(f"only a date has a format, not {column.type!r}")
    elif not re.search("%[Yy]", form):
        reading.fault(f"{shown(form)} has no year (%Y or %y)")


COLUMNS = Section(
    holds=ByName(
        NAME,
        Part(Column, finish=finish_column, short="type", named=True, terse=True),
        "names to types",
        most=2000,
        least=1,
        listed=True,
        default=(),
        about="The columns of the file: the type of each, or more about it.",
    ),
    problems=TABLES,
    needed=TABLES,
    details="""\
Every column of the file is listed either here or, with the reason, under `drop`. `Income: number` is short
for `Income: {type: number}`.

| type | what a cell may be | as a feature |
|---|---|---|
| `integer`, `number` | a finite number; `min` and `max` bound it | the number, or bins |
| `category` | one of `values`; without them any word or code | dummies, or a number by their order |
| `date` | a date by `format` | the parts that `transform` asks for, else none |
| `string`, `id` | any text | none |

A cell that is none of these makes its row a bad row, which goes to `quarantine/` with the reason. An empty
cell is imputed, unless `required: true`. Values have one spelling: `1`, `1.0` and `"1"` are the same
category. The target is a category for classes and a number for a regression; pictures have no columns.""",
    example="""
columns:
  when: {type: date, format: "%d-%m-%Y"}
  Age: {type: integer, min: 18, max: 100, required: true}
  Income: number
  Education: {type: category, values: [1, 2, 3]}
  Policy: {type: id, unique: true}
  Personal Loan: {type: category, values: [0, 1]}
""",
)
DROP = Section(
    holds=ByName(
        NAME,
        REASON,
        "names to why they are dropped",
        default={},
        about="Columns of the file that nothing reads, each with the reason why.",
    ),
    problems=TABLES,
    check=check_drop,
    example="""
drop: {ID: unique per row, duration: known only after the call}
""",
)

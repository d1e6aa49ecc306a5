"""What the contract's columns make of a record's values.

A value is a cell's text, or what JSON has: a number or true is then what a cell with its text would be, and
so may be a null marker or a date.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract import null_markers
from dropforge.domain.contract.fields import shown
from dropforge.domain.contract.problems import nearest_name
from dropforge.domain.reading.cells import (
    SPACES,
    category_in,
    category_text,
    number_in,
    parse_number,
    with_point,
)
from dropforge.domain.reading.dates import moment_text
from dropforge.domain.reading.faults import BadValue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dropforge.domain.contract import Column, Contract

    Record = Mapping[str, Any]


SIGN = re.compile("^[+-]?")


class Values:
    """`decimal`: what stands before the fraction of a number that is text."""

    def __init__(self, contract: Contract, decimal: str = ".") -> None:
        self.columns: Sequence[Column] = contract.features
        self._names = {column.name for column in contract.features}
        self._known = self._names | contract.ignored
        self._nulls = null_markers(contract)
        self._unquoted = {marker for marker in self._nulls if _is_unquoted(marker)}
        self._comma = decimal == ","
        self._readers: Mapping[str, Callable[[Column, Record], object]] = {
            "category": self.category,
            "date": self.moment,
        }

    def check_names(self, record: Record) -> None:
        """Every feature there, and nothing that the contract does not know."""
        if not record.keys() <= self._known:
            name = min(record.keys() - self._known)
            near = nearest_name(name, self._names)
            raise BadValue(shown(name), f"is not a column of the contract{near}")
        if not record.keys() >= self._names:
            name = next(column.name for column in self.columns if column.name not in record)
            raise BadValue(name, "is missing; send null for a value that is not known")

    def number(self, column: Column, record: Record) -> float | None:
        value = record[column.name]
        if isinstance(value, str):
            text = value.strip(SPACES)
            if text in self._nulls:
                self._check_optional(column)
                return None
            number = number_in(with_point(text) if self._comma else text)
        elif value is None or (self._unquoted and category_text(value) in self._unquoted):
            self._check_optional(column)
            return None
        else:
            number = parse_number(value)
        if number is None:
            raise BadValue(column.name, f"{shown(value)} is not a number")
        if column.type == "integer" and not number.is_integer():
            raise BadValue(column.name, f"{shown(value)} is not a whole number")
        return number

    def category(self, column: Column, record: Record) -> str | None:
        value = record[column.name]
        if isinstance(value, str):
            text = value.strip(SPACES)
            if text in self._nulls:
                self._check_optional(column)
                return None
            return category_in(text)
        if value is None or (self._unquoted and category_text(value) in self._unquoted):
            self._check_optional(column)
            return None
        spelled = category_text(value)
        if spelled is None:
            raise BadValue(column.name, f"{shown(value)} is not text, a number, true or false")
        return spelled

    def moment(self, column: Column, record: Record) -> str | None:
        """As `moment_text` writes it."""
        value = record[column.name]
        text = value.strip(SPACES) if isinstance(value, str) else category_text(value)
        if value is None or text in self._nulls:
            self._check_optional(column)
            return None
        moment = moment_text(text, column.format)
        if moment is None:
            wanted = "ISO 8601" if column.format is None else column.format
            raise BadValue(column.name, f"{shown(value)} is not a date ({wanted})")
        return moment

    def passed_on(self, record: Record) -> dict[str, Any]:
        """The features for another reader, whose numbers have points: each as it came, None where it is
        missing. A number that reads like a null marker once it has a point gets a zero before it."""
        return {column.name: self._passed_on(column, record) for column in self.columns}

    def _passed_on(self, column: Column, record: Record) -> Any:
        read = self._readers.get(column.type, self.number)(column, record)
        value = record[column.name]
        if read is None or not (self._comma and column.numeric and isinstance(value, str)):
            return None if read is None else value
        spelled = with_point(value)
        while spelled in self._nulls:
            spelled = SIGN.sub(r"\g<0>0", spelled, count=1)
        return spelled

    def _check_optional(self, column: Column) -> None:
        if column.required:
            raise BadValue(column.name, "is required and has no value")


def _is_unquoted(text: str) -> bool:
    """Whether JSON may have it without quotes."""
    return text in ("true", "false") or parse_number(text) is not None

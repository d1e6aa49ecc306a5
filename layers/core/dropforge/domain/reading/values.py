"""What the contract's columns make of a record's values.

A value is a cell's text, or what JSON has: a number or true is then what a cell with its text would be, and
so may be a null marker or a date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dropforge.domain.contract import null_markers
from dropforge.domain.contract.fields import shown
from dropforge.domain.contract.problems import nearest_name
from dropforge.domain.reading.cells import SPACES, category_text, parse_number, with_point
from dropforge.domain.reading.dates import moment_text
from dropforge.domain.reading.faults import BadValue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dropforge.domain.contract import Column, Contract

    Record = Mapping[str, Any]


class Values:
    """`decimal`: what stands before the fraction of a number that is text."""

    def __init__(self, contract: Contract, decimal: str = ".") -> None:
        self.columns: Sequence[Column] = contract.features
        self._names = {column.name for column in contract.features}
        self._known = self._names | contract.ignored
        self._nulls = null_markers(contract)
        self._unquoted = {marker for marker in self._nulls if _is_scalar(marker)}
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
        value = self._present(column, record)
        if value is None:
            return None
        number = parse_number(with_point(value) if self._comma and isinstance(value, str) else value)
        if number is None:
            raise BadValue(column.name, f"{shown(value)} is not a number")
        if column.type == "integer" and not number.is_integer():
            raise BadValue(column.name, f"{shown(value)} is not a whole number")
        return number

    def category(self, column: Column, record: Record) -> str | None:
        value = self._present(column, record)
        if value is None:
            return None
        text = category_text(value)
        if text is None:
            raise BadValue(column.name, f"{shown(value)} is not text, a number, true or false")
        return text

    def moment(self, column: Column, record: Record) -> str | None:
        """As `moment_text` writes it."""
        value = self._present(column, record)
        if value is None:
            return None
        text = moment_text(value if isinstance(value, str) else category_text(value), column.format)
        if text is None:
            wanted = "ISO 8601" if column.format is None else column.format
            raise BadValue(column.name, f"{shown(value)} is not a date ({wanted})")
        return text

    def passed_on(self, record: Record) -> dict[str, Any]:
        """The features for another reader, whose numbers have points: each as it came where that says the
        same there, None where it is missing."""
        return {column.name: self._passed_on(column, record) for column in self.columns}

    def _passed_on(self, column: Column, record: Record) -> Any:
        read = self._readers.get(column.type, self.number)(column, record)
        value = record[column.name]
        if read is None or not (self._comma and column.numeric and isinstance(value, str)):
            return None if read is None else value
        spelled = with_point(value)
        return read if spelled in self._nulls else spelled

    def _present(self, column: Column, record: Record) -> Any:
        """The value, or None where it is missing and may be."""
        value = record[column.name]
        if isinstance(value, str):
            if value.strip(SPACES) in self._nulls:
                value = None
        elif self._unquoted and value is not None and category_text(value) in self._unquoted:
            value = None
        if value is None and column.required:
            raise BadValue(column.name, "is required and has no value")
        return value


def _is_scalar(text: str) -> bool:
    """Whether JSON may have it without quotes."""
    return text in ("true", "false") or parse_number(text) is not None

"""Rows and JSON lines of an inference file → records for the endpoint, by the contract.

The server checks again, but it refuses a whole request for one bad record; here one bad row costs one row.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract import null_markers, parse_number, with_point
from dropforge.domain.contract.fields import shown
from dropforge.domain.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dropforge.domain.contract import Column, Contract

DELIMITERS = ",;|\t"
SHOWN = 10


class BadRow(Exception):
    """A row that no prediction can be made for; the message is its reason in the quarantine."""


class Values:
    """The contract's features, and what may stand for one. `decimal` is what numbers are written with."""

    def __init__(self, contract: Contract, decimal: str = ".") -> None:
        self.columns: Mapping[str, Column] = {column.name: column for column in contract.features}
        self._nulls = null_markers(contract)
        self._comma = decimal == ","

    def read(self, column: Column, value: Any) -> Any:
        """The value as it came, but a number with a point; None where there is none, BadRow where none can
        be."""
        if value is None or (isinstance(value, str) and value.strip() in self._nulls):
            if column.required:
                raise BadRow(f"{column.name} is required and has no value")
            return None
        if column.numeric:
            spelled = with_point(value) if self._comma else value
            number = parse_number(spelled)
            if number is None:
                raise BadRow(f"{column.name} is {shown(value)}, which is not a number")
            if column.type == "integer" and not number.is_integer():
                raise BadRow(f"{column.name} is {shown(value)}, which is not a whole number")
            return spelled
        if not isinstance(value, (str, int, float)):
            raise BadRow(f"{column.name} is {shown(value)}, which is not text, a number, true or false")
        return value


class JsonRecords:
    """Lines that are JSON objects, each with all its names."""

    def __init__(self, contract: Contract) -> None:
        self._values = Values(contract)
        self._ignored = contract.ignored

    def read(self, line: str) -> dict[str, Any]:
        try:
            found = json.loads(line, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as fault:
            raise BadRow(f"the record is not JSON: {str(fault)[:100]}") from fault
        if not isinstance(found, dict):
            raise BadRow("the record is not an object of column: value")
        columns = self._values.columns
        for name in sorted(found.keys() - columns.keys() - self._ignored):
            raise BadRow(f"{shown(name)} is no column of the contract")
        for name in columns:
            if name not in found:
                raise BadRow(f"{name} is missing; null says that a value is not known")
        return {name: self._values.read(column, found[name]) for name, column in columns.items()}


def _refuse_constant(name: str) -> Any:
    raise BadRow(f"the record is not JSON: {name} is no value, null is")


class Records:
    """One file's header, checked, and the way from its rows to records."""

    def __init__(self, contract: Contract, header: Sequence[str]) -> None:
        self._names = [name.strip() for name in header]
        self._values = Values(contract, contract.reader.decimal)
        self._columns = self._values.columns
        self._check(contract)

    def read(self, cells: Sequence[str]) -> dict[str, Any]:
        """The record, its cells as text, None where there is no value; BadRow where it cannot be one."""
        if len(cells) != len(self._names):
            raise BadRow(f"the row has {len(cells)} cells, the header {len(self._names)}")
        named = zip(self._names, cells, strict=True)
        read = self._values.read
        return {name: read(self._columns[name], cell) for name, cell in named if name in self._columns}

    def _check(self, contract: Contract) -> None:
        delimiter = contract.reader.delimiter
        other = next((d for d in DELIMITERS if d != delimiter and self._names and d in self._names[0]), None)
        if len(self._names) == 1 and len(self._columns) > 1 and other:
            raise Refused(
                f"the header is one cell: the file seems to use {other!r}, the contract says {delimiter!r}"
            )
        twice = sorted({name for name in self._names if self._names.count(name) > 1})
        if twice:
            raise Refused(f"the header names {_listed(twice)} twice")
        missing = [name for name in self._columns if name not in self._names]
        if missing:
            raise Refused(
                f"the header lacks {len(missing)} of the contract's {len(self._columns)}: {_listed(missing)}"
            )
        known = self._columns.keys() | contract.ignored
        unknown = [name for name in self._names if name not in known]
        if unknown:
            raise Refused(
                f"the header has {len(unknown)} columns that the contract does not know: {_listed(unknown)}"
            )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:60]) for name in names[:SHOWN])
    return shown if len(names) <= SHOWN else f"{shown} and {len(names) - SHOWN} more"

"""Rows of an inference file → records for the endpoint, by the contract.

The server checks again, but it refuses a whole request for one bad record; here one bad row costs one row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.domain.contract import null_markers, parse_number
from dropforge.domain.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dropforge.domain.contract import Column, Contract

DELIMITERS = ",;|\t"
SHOWN = 10


class BadRow(Exception):
    """A row that no prediction can be made for; the message is its reason in the quarantine."""


class Records:
    """One file's header, checked, and the way from its rows to records."""

    def __init__(self, contract: Contract, header: Sequence[str]) -> None:
        self._names = [name.strip() for name in header]
        self._columns: Mapping[str, Column] = {column.name: column for column in contract.features}
        self._nulls = null_markers(contract)
        self._check(contract)

    def read(self, cells: Sequence[str]) -> dict[str, str | None]:
        """The record, its cells as text, None where there is no value; BadRow where it cannot be one."""
        if len(cells) != len(self._names):
            raise BadRow(f"the row has {len(cells)} cells, the header {len(self._names)}")
        named = zip(self._names, cells, strict=True)
        return {name: self._value(self._columns[name], cell) for name, cell in named if name in self._columns}

    def _value(self, column: Column, cell: str) -> str | None:
        if cell.strip() in self._nulls:
            if column.required:
                raise BadRow(f"{column.name} is required and has no value")
            return None
        if column.numeric:
            number = parse_number(cell)
            if number is None:
                raise BadRow(f"{column.name} is {cell[:40]!r}, which is not a number")
            if column.type == "integer" and not number.is_integer():
                raise BadRow(f"{column.name} is {cell[:40]!r}, which is not a whole number")
        return cell

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

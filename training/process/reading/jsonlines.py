"""A file of JSON lines: an object a line, and each of its values the text that a CSV cell would have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from dropforge.domain.contract.fields import shown
from dropforge.domain.reading.cells import SPACES, cell_text
from dropforge.domain.reading.faults import BadRow, BadValue, NotJson
from dropforge.domain.reading.header import check_names
from dropforge.domain.reading.json_lines import is_blank, parse_record
from training.errors import Refused
from training.process.reading.blocks import Blocks
from training.process.reading.frames import LINE, cell_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dropforge.domain.contract import Contract
    from training.process.reading.drop import Drop
    from training.quarantine import Quarantine


class JsonLines:
    """The header is the contract's columns, in its order: a key that a line lacks is an empty cell."""

    decimal = "."

    def __init__(self, drop: Drop, contract: Contract) -> None:
        self._drop = drop
        self._contract = contract
        self.header = (*(column.name for column in contract.columns), *contract.drop)
        self._numeric = {column.name for column in contract.columns if column.numeric}
        self.rows = 0

    def blocks(self, quarantine: Quarantine) -> Iterator[pl.DataFrame]:
        self.rows = 0
        quarantine.open(self.header)
        seen: set[str] = set()
        last = ""
        with self._drop.open() as stream:
            blocks, number = Blocks(stream, self._drop, self._contract), 0
            while block := blocks.next():
                records: list[list[Any]] = []
                for line in block.decode().removesuffix("\n").split("\n"):
                    number += 1
                    if not is_blank(line):
                        last = self._add(records, number, line, seen, quarantine)
                yield self._frame(records)
        if last:
            raise Refused("truncated", f"the file ends in the middle of a record: {last}")
        if self.rows == 0:
            raise Refused("empty", "the file holds nothing but blank lines")
        if seen:
            there = [name for name in self.header if name in seen]
            check_names(there, self._contract, self._contract.columns, "the file")

    def _add(
        self, records: list[list[Any]], number: int, line: str, seen: set[str], quarantine: Quarantine
    ) -> str:
        """What is wrong with the line if it may have been cut off."""
        self.rows += 1
        if self.rows == 1 and line.lstrip(SPACES).startswith("["):
            raise Refused("reader.format", "the file is a JSON list; JSON lines have an object a line")
        try:
            record = parse_record(line)
            self._check_names(record, number)
            records.append([number, *(self._cell(name, record.get(name)) for name in self.header)])
            seen |= record.keys()
        except BadRow as bad:
            quarantine.add(number, [line], str(bad))
            return f"line {number} {bad}" if isinstance(bad, NotJson) else ""
        return ""

    def _check_names(self, record: Mapping[str, Any], number: int) -> None:
        unknown = record.keys() - self.header
        if unknown:
            names = (*self.header, *sorted(unknown))
            check_names(names, self._contract, self._contract.columns, f"line {number}")

    def _cell(self, name: str, value: Any) -> str | None:
        """Nothing reads a dropped column, so it may hold anything."""
        text = None if value is None else cell_text(value, numeric=name in self._numeric)
        if text is None and value is not None and name not in self._contract.drop:
            raise BadValue(name, f"{shown(value)} is not text, a number, true or false")
        return text

    def _frame(self, records: list[list[Any]]) -> pl.DataFrame:
        schema: dict[str, type[pl.DataType]] = {LINE: pl.Int64}
        schema |= dict.fromkeys(cell_names(len(self.header)), pl.String)
        return pl.DataFrame(records, schema=schema, orient="row")

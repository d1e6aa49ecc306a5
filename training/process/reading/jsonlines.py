"""A file of JSON lines: an object a line, and each of its values the text that a CSV cell would have."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

import polars as pl

from dropforge.domain.contract import category_text
from dropforge.domain.contract.cells import SPACES
from dropforge.domain.contract.fields import shown
from training.errors import Refused
from training.process.reading.blocks import Blocks
from training.process.reading.header import check_names
from training.process.reading.whole import CELL, LINE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dropforge.domain.contract import Contract
    from training.process.quarantine import Quarantine
    from training.process.reading.drop import Drop


class BadLine(ValueError):
    """The message completes "line 3 …"."""


class JsonLines:
    """The header is the contract's columns, in its order: a key that a line lacks is an empty cell."""

    decimal = "."

    def __init__(self, drop: Drop, contract: Contract) -> None:
        self._drop = drop
        self._contract = contract
        self.header = (*(column.name for column in contract.columns), *contract.drop)
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
                for line in block.decode().replace("\r\n", "\n").rstrip("\n").split("\n"):
                    number += 1
                    if line.strip(SPACES):
                        last = self._add(records, number, line, seen, quarantine)
                yield self._frame(records)
        if last:
            raise Refused("truncated", f"the file ends in the middle of a record: {last}")
        if self.rows == 0:
            raise Refused("empty", "the file holds nothing but blank lines")
        if seen:
            check_names(tuple(name for name in self.header if name in seen), self._contract, "the file")

    def _add(
        self, records: list[list[Any]], number: int, line: str, seen: set[str], quarantine: Quarantine
    ) -> str:
        """What is wrong with the line if it may have been cut off."""
        self.rows += 1
        if self.rows == 1 and line.lstrip(SPACES).startswith("["):
            raise Refused("reader.format", "the file is a JSON list; JSON lines have an object a line")
        try:
            record = _record(line)
            unknown = record.keys() - set(self.header)
            if unknown:
                check_names((*self.header, *sorted(unknown)), self._contract, f"line {number}")
            records.append([number, *(_cell(name, record.get(name)) for name in self.header)])
            seen |= record.keys()
        except json.JSONDecodeError as fault:
            quarantine.add(number, [line], f"is no JSON: {fault.msg}")
            return f"line {number} is no JSON: {fault.msg}"
        except BadLine as fault:
            quarantine.add(number, [line], str(fault))
        return ""

    def _frame(self, records: list[list[Any]]) -> pl.DataFrame:
        schema: dict[str, type[pl.DataType]] = {LINE: pl.Int64}
        schema |= {CELL.format(place): pl.String for place in range(len(self.header))}
        return pl.DataFrame(records, schema=schema, orient="row")


def _record(line: str) -> dict[str, Any]:
    try:
        record = json.loads(line, object_pairs_hook=_once, parse_constant=_no_number)
    except (json.JSONDecodeError, BadLine):
        raise
    except (ValueError, RecursionError) as fault:
        raise BadLine(f"cannot be read: {str(fault)[:100]}") from None
    if not isinstance(record, dict):
        raise BadLine(f"is no JSON object but {shown(record)}")
    return record


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadLine(f"names {shown(twice)} more than once")
    return record


def _no_number(word: str) -> NoReturn:
    raise BadLine(f"has {word}, which is no JSON number; write null for a missing value")


def _cell(name: str, value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    text = category_text(value)
    if text is None:
        raise BadLine(f"has {shown(value)} for {shown(name)}, not text, a number, true or false")
    return text

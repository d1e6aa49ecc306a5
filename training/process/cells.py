"""A block of cells → typed rows, and the rows that break a rule of the contract with the first one broken.

The rules of single cells are those of `training.features`, which reads the same values at the endpoint;
what is added here is what only a drop can break: ranges, allowed values, row rules, a missing target. Rules
that span rows (`unique`, duplicates) need all of them: for these each row leaves its keys.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from dropforge.domain.contract import null_markers
from dropforge.domain.reading.csv_rows import REPEATED_HEADER
from dropforge.domain.reading.dates import MOMENT_FORMAT
from training.process.numbers import Numbers, number_faults, present_text, read_numbers
from training.process.reading.frames import LINE, cell_names
from training.process.rules import broken_by
from training.process.texts import Texts, not_allowed, read_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dropforge.domain.contract import Column, Contract

REASON = "reason"
ROW, MOMENT = "row", "moment"
UNIQUE = "unique {}"
Fault = tuple[str, pl.Series]


@dataclass(frozen=True)
class Rows:
    values: pl.DataFrame
    """What the model needs, by the contract's names."""
    keys: pl.DataFrame
    """A row's line, 64-bit digests of what must not be there twice, and what it is split by."""
    bad: pl.DataFrame
    """The other rows' cells and their REASON."""


class Cells:
    """One contract's way from cells to typed rows."""

    def __init__(self, contract: Contract, header: tuple[str, ...], decimal: str) -> None:
        self._contract = contract
        self._decimal = decimal
        self._nulls = null_markers(contract)
        self._cells = dict(zip(header, cell_names(len(header)), strict=True))
        self._numeric = [(column, self._cells[column.name]) for column in contract.columns if column.numeric]
        self._worded = [
            (column, self._cells[column.name])
            for column in contract.columns
            if column.type == "category" or (column.type == "date" and self._needed(column))
        ]
        read = {cell for _, cell in (*self._numeric, *self._worded)}
        self._others = {name: cell for name, cell in self._cells.items() if cell not in read}
        self._kept = [column.name for column in contract.columns if self._keeps(column)]

    def read(self, cells: pl.DataFrame) -> Rows:
        numbers, words = self._numbers(cells), self._words(cells)
        typed = {name: read.values for name, read in numbers.items()}
        typed |= {name: read.values for name, read in words.items()}
        texts = self._texts(cells)
        faults = self._faults(cells, numbers, words, texts)
        rows = Rows(self._values(typed), self._keys(cells[LINE], typed, texts), cells.clear())
        if not faults:
            return rows
        reasons = _first(faults)
        sound = reasons.is_null()
        bad = cells.with_columns(reasons).filter(~sound)
        return Rows(rows.values.filter(sound), rows.keys.filter(sound), bad)

    def _needed(self, column: Column) -> bool:
        return column in self._contract.features or column.name == self._contract.split.column

    def _keeps(self, column: Column) -> bool:
        slices = self._contract.gate.slices
        wanted = {self._contract.target, *(slices.columns if slices else ())}
        return column in self._contract.features or column.name in wanted

    def _numbers(self, cells: pl.DataFrame) -> dict[str, Numbers]:
        if not self._numeric:
            return {}
        numeric = cells.select(cell for _, cell in self._numeric)
        found = read_numbers(numeric, sorted(self._nulls), self._decimal)
        return {column.name: read for (column, _), read in zip(self._numeric, found, strict=True)}

    def _words(self, cells: pl.DataFrame) -> dict[str, Texts]:
        """What a file says is a date is one, whatever the format in which a text would say it."""
        found: dict[str, Texts] = {}
        for column, cell in self._worded:
            words, rule = cells[cell], column
            if isinstance(words.dtype, pl.Datetime):
                words, rule = words.dt.to_string(MOMENT_FORMAT), replace(column, format=None)
            found[column.name] = read_texts(words.cast(pl.Categorical), rule, self._nulls)
        return found

    def _texts(self, cells: pl.DataFrame) -> dict[str, pl.Series]:
        """The columns that nothing is computed from, their gaps null."""
        nulls = sorted(self._nulls)
        found = cells.select(
            present_text(pl.col(cell).cast(pl.String), nulls) for cell in self._others.values()
        )
        return dict(zip(self._others, found.get_columns(), strict=True))

    def _headers(self, cells: pl.DataFrame) -> list[Fault]:
        """A header among the rows: two files were put together."""
        if any(kind != pl.String for kind in cells.drop(LINE).dtypes):
            return []
        named = (pl.col(cell) == name for name, cell in self._cells.items())
        broken = cells.select(pl.all_horizontal(named)).to_series().fill_null(False)
        return [(REPEATED_HEADER, broken)] if broken.any() else []

    def _faults(
        self,
        cells: pl.DataFrame,
        numbers: Mapping[str, Numbers],
        words: Mapping[str, Texts],
        texts: Mapping[str, pl.Series],
    ) -> list[Fault]:
        """What is wrong with some row, in the contract's order."""
        faults = self._headers(cells)
        for column in self._contract.columns:
            read = numbers.get(column.name) or words.get(column.name)
            values = texts[column.name] if read is None else read.values
            faults += self._missing(column, values, read.unread if read else None)
            if column.name in numbers:
                faults += number_faults(column, numbers[column.name])
            elif read is not None:
                faults += _word_faults(column, words[column.name])
        of_rules = {name: read.values for name, read in numbers.items()}
        for rule in self._contract.rules:
            broken = broken_by(rule, of_rules)
            faults += [(rule.name, broken)] if broken.any() else []
        return faults

    def _missing(self, column: Column, values: pl.Series, unread: pl.Series | None) -> list[Fault]:
        needed = (self._contract.target, self._contract.split.column)
        if not (column.required or column.name in needed) or not values.null_count():
            return []
        missing = values.is_null() if unread is None else values.is_null() & ~unread.fill_null(False)
        return [(f"{column.name} missing", missing)] if missing.any() else []

    def _values(self, typed: Mapping[str, pl.Series]) -> pl.DataFrame:
        """32-bit numbers, but for a target: its errors are what a model is judged by."""
        return pl.DataFrame(
            [
                typed[name].cast(pl.Float32).alias(name)
                if typed[name].dtype == pl.Float64 and name != self._contract.target
                else typed[name].alias(name)
                for name in self._kept
            ]
        )

    def _keys(
        self, lines: pl.Series, typed: Mapping[str, pl.Series], texts: Mapping[str, pl.Series]
    ) -> pl.DataFrame:
        everything = enumerate((*typed.values(), *texts.values()))
        row = pl.DataFrame([values.alias(str(index)) for index, values in everything])
        digest = row.select(pl.struct(pl.all()).hash(seed=0).alias(ROW)).to_series()
        keys = [lines.cast(pl.UInt32).alias(LINE), digest]
        for index, column in enumerate(self._contract.columns):
            if column.unique:
                values = typed[column.name] if column.name in typed else texts[column.name]
                key = pl.when(values.is_not_null()).then(values.hash(seed=0))
                keys.append(pl.select(key.alias(UNIQUE.format(index))).to_series())
        by = self._contract.split.column
        if by is not None:
            keys.append((typed[by] if by in typed else texts[by]).alias(MOMENT))
        return pl.DataFrame(keys)


def _word_faults(column: Column, words: Texts) -> list[Fault]:
    if column.type == "date":
        return [] if words.unread is None else [(f"{column.name} not a date", words.unread)]
    broken = not_allowed(words.values, column.values) if column.values else None
    return [] if broken is None else [(f"{column.name} not an allowed value", broken)]


def _first(faults: list[Fault]) -> pl.Series:
    """Of each row the first sentence that holds of it, null where none does."""
    masks = pl.DataFrame([broken.alias(str(index)) for index, (_, broken) in enumerate(faults)])
    sentences = (pl.when(pl.col(str(index))).then(pl.lit(said)) for index, (said, _) in enumerate(faults))
    return masks.select(pl.coalesce(*sentences).alias(REASON)).to_series()

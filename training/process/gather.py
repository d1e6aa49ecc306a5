"""All good rows of a drop, and its bad ones in quarantine.

A block's cells are let go as soon as they are typed: what stays of a row is its numbers, a code a category
and a few digests, about a third of its text. What spans rows is found in the digests once all are there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import polars as pl

from training.parallel import in_order
from training.process.cells import MOMENT, ROW, UNIQUE, Cells, Rows
from training.process.reading.frames import LINE
from training.quarantine import NoQuarantine, Quarantine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dropforge.domain.contract import Contract


class Reader(Protocol):
    """One of `reading`. `header` and `rows` hold once the blocks have been read. `decimal`: the point or the
    comma in numbers that are text."""

    decimal: str
    header: tuple[str, ...]
    rows: int

    def blocks(self, quarantine: Quarantine) -> Iterator[pl.DataFrame]: ...


@dataclass(frozen=True)
class Gathered:
    values: pl.DataFrame
    """The good rows without duplicates."""
    moments: pl.Series | None
    """What each is split by, if by a column."""
    read: int
    duplicates: int
    parts: pl.Series | None = None
    """Train, validation or test a row, where the drop itself says so."""


def gather(reader: Reader, contract: Contract, quarantine: Quarantine) -> Gathered:
    values, keys = _typed(reader, contract, quarantine)
    first = keys[ROW].is_first_distinct()
    duplicates = keys.height - int(first.sum())
    if duplicates:
        values, keys = values.filter(first), keys.filter(first)
    repeated = _repeated(keys, contract)
    if repeated:
        sound = pl.select(pl.all_horizontal(*(~broken for broken in repeated.values()))).to_series()
        _set_aside(repeated, keys[LINE], reader, quarantine)
        values, keys = values.filter(sound), keys.filter(sound)
    moments = keys[MOMENT] if MOMENT in keys.columns else None
    return Gathered(values, moments, reader.rows, duplicates)


def _typed(reader: Reader, contract: Contract, quarantine: Quarantine) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One block is typed while the next one is read."""
    values: list[pl.DataFrame] = []
    keys: list[pl.DataFrame] = []

    def typing(cells: pl.DataFrame) -> Rows:
        return Cells(contract, reader.header, reader.decimal).read(cells)

    for rows in in_order(typing, reader.blocks(quarantine), threads=1):
        values.append(rows.values)
        keys.append(rows.keys)
        for number, *found, reason in rows.bad.iter_rows():
            quarantine.add(number, [_text(cell) for cell in found], reason)
    return pl.concat(values), pl.concat(keys)


def _repeated(keys: pl.DataFrame, contract: Contract) -> dict[str, pl.Series]:
    """For each column of different values that has one twice, the rows that repeat one."""
    found: dict[str, pl.Series] = {}
    for index, column in enumerate(contract.columns):
        if column.unique:
            key = keys[UNIQUE.format(index)]
            again = key.is_not_null() & ~key.is_first_distinct()
            if again.any():
                found[f"{column.name} repeated"] = again
    return found


def _set_aside(
    repeated: dict[str, pl.Series], lines: pl.Series, reader: Reader, quarantine: Quarantine
) -> None:
    """The cells of these rows are no longer held, so they are read once more."""
    reasons: dict[int, str] = {}
    for reason, again in repeated.items():
        for line in lines.filter(again):
            reasons.setdefault(line, reason)
    wanted = pl.Series(list(reasons))
    for cells in reader.blocks(NoQuarantine()):
        for number, *found in cells.filter(cells[LINE].is_in(wanted)).iter_rows():
            quarantine.add(number, [_text(cell) for cell in found], reasons[number])


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)

"""Cells → numbers, by the rule that the server reads them with, for a whole column at once.

polars' own cast agrees with the rule on every text that it reads, but for infinities, not-a-numbers and texts
that are too long. So it is tried first, and where its figures show that nothing of the kind is there and
nothing was left unread, that was all. The other columns go through the rule as an expression, which takes
about three times as long. Numbers with a decimal comma are first written with a point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from dropforge.domain.reading.cells import (
    GROUPED,
    LARGEST_NUMBER,
    LONGEST_NUMBER,
    NUMBER,
    SPACES,
    category_text,
    parse_number,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dropforge.domain.contract import Column


@dataclass(frozen=True)
class Numbers:
    values: pl.Series
    """Null where there is none."""
    unread: pl.Series | None
    """The cells that hold something, but not a number."""


def read_numbers(cells: pl.DataFrame, nulls: Sequence[str], decimal: str) -> list[Numbers]:
    """Of each column of the frame."""
    if decimal == ",":
        cells, nulls = cells.select(with_points(present_text(pl.all(), nulls))), ()
    names = cells.columns
    if any(parse_number(marker) is not None for marker in nulls):
        return [_carefully(values, nulls) for values in cells.get_columns()]
    cast = cells.select(pl.col(name).cast(pl.Float64, strict=False) for name in names)
    figures = cast.select(
        *(pl.col(name).null_count().alias(f"missing {name}") for name in names),
        *((pl.col(name).abs() <= LARGEST_NUMBER).all().alias(f"fit {name}") for name in names),
    ).row(0, named=True)
    lengths = cells.select(
        pl.col(name).str.len_bytes().max() if cells.schema[name] == pl.String else pl.lit(0).alias(name)
        for name in names
    ).row(0, named=True)
    return [
        Numbers(cast[name], None)
        if figures[f"missing {name}"] == cells[name].null_count()
        and figures[f"fit {name}"]
        and (lengths[name] or 0) <= LONGEST_NUMBER
        else _carefully(cells[name], nulls)
        for name in names
    ]


def present_text(cell: pl.Expr, nulls: Sequence[str]) -> pl.Expr:
    """The cell without spaces around it, or null where it holds no value."""
    text = cell.str.strip_chars(SPACES)
    return pl.when(~text.is_in(list(nulls))).then(text)


def with_points(text: pl.Expr) -> pl.Expr:
    """As `with_point` does it to one text."""
    swapped = text.str.replace_many([".", ","], [",", "."])
    grouped = swapped.str.contains(f"^(?:{GROUPED})$")
    return pl.when(grouped).then(swapped.str.replace_all(",", "", literal=True)).otherwise(swapped)


def _carefully(cells: pl.Series, nulls: Sequence[str]) -> Numbers:
    frame = pl.DataFrame({"cell": cells})
    if cells.dtype == pl.String:
        text = present_text(pl.col("cell"), nulls)
        readable = text.str.contains(f"^(?:{NUMBER})$") & (text.str.len_bytes() <= LONGEST_NUMBER)
        number = pl.when(readable).then(text).cast(pl.Float64, strict=False)
    else:
        markers = [number for number in map(parse_number, nulls) if category_text(number) in nulls]
        text = number = pl.when(~pl.col("cell").is_in(markers)).then(pl.col("cell"))
    in_range = pl.when(number.abs() <= LARGEST_NUMBER).then(number).alias("value")
    read = frame.select(in_range, (text.is_not_null() & in_range.is_null()).alias("unread"))
    return Numbers(read["value"], read["unread"] if read["unread"].any() else None)


def number_faults(column: Column, numbers: Numbers) -> list[tuple[str, pl.Series]]:
    """What is wrong with some of the column's cells, and with which; nothing that is wrong with none."""
    values, faults = numbers.values, []
    if numbers.unread is not None:
        faults.append((f"{column.name} not a number", numbers.unread))
    if column.type == "integer":
        faults.append((f"{column.name} not a whole number", values != values.floor()))
    if column.min is not None:
        faults.append((f"{column.name} below {column.min:.15g}", values < column.min))
    if column.max is not None:
        faults.append((f"{column.name} above {column.max:.15g}", values > column.max))
    return [(sentence, broken) for sentence, broken in faults if broken.any()]

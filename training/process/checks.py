"""The cells, column by column: what each row's first fault is, and the typed values of the sound ones.

The rules are `training.features`' own, written as polars expressions so that a million rows take about a
second; what they add is what only a whole file can break: ranges, allowed values, repeated keys, a missing
target.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dropforge.domain.contract import null_markers
from dropforge.domain.contract.cells import LARGEST_NUMBER, LONGEST_NUMBER, NUMBER, SPACES, WHOLE

if TYPE_CHECKING:
    from pathlib import Path

    from dropforge.domain.contract import Column, Contract
    from training.process.quarantine import Quarantine

LINE = "line"
REASON = "reason"
CELL = "cell:{}"
KEY = "\x1fkey"
"""A 64-bit digest of the whole row; a column's name holds no control character."""


def scan(clean: Path, header: tuple[str, ...], contract: Contract) -> pl.LazyFrame:
    """Every cell as text, under names that cannot meet ours (`cell:Age`), the line number first."""
    schema: dict[str, type[pl.DataType]] = {LINE: pl.Int64}
    schema |= {CELL.format(name): pl.String for name in header}
    return pl.scan_csv(
        clean, has_header=False, schema=schema, separator=contract.reader.delimiter, infer_schema=False
    )


def set_aside(rows: pl.LazyFrame, contract: Contract, quarantine: Quarantine) -> None:
    """The bad rows, with their reason, to quarantine."""
    reasons = pl.coalesce(*_faults(contract)).alias(REASON)
    bad = rows.with_columns(reasons).filter(pl.col(REASON).is_not_null()).collect(engine="streaming")
    for number, *cells, reason in bad.iter_rows():
        quarantine.add(number, [cell or "" for cell in cells], reason)


def sound(rows: pl.LazyFrame, contract: Contract) -> pl.DataFrame:
    """The good rows: 32-bit floats and texts, null where missing, and a key of the whole row."""
    kept = rows.filter(pl.coalesce(*_faults(contract)).is_null())
    values = [_value(column, contract).alias(column.name) for column in _read(contract)]
    key = pl.struct(pl.col("^cell:.*$")).hash(seed=0).alias(KEY)
    return kept.select(*values, key).collect(engine="streaming")


def without_duplicates(values: pl.DataFrame) -> pl.DataFrame:
    """The first of rows that are the same in every cell of the file, an id included."""
    return values.filter(pl.col(KEY).is_first_distinct()).drop(KEY)


def _read(contract: Contract) -> list[Column]:
    return [*contract.features, contract.target_column]


def _text(column: Column, contract: Contract) -> pl.Expr:
    """The cell without spaces around it, or null where it holds no value."""
    text = pl.col(CELL.format(column.name)).str.strip_chars(SPACES)
    return pl.when(~text.is_in(sorted(null_markers(contract)))).then(text)


def _value(column: Column, contract: Contract) -> pl.Expr:
    if column.numeric:
        return _number(_text(column, contract)).cast(pl.Float32)
    return _category(_text(column, contract))


def _number(text: pl.Expr) -> pl.Expr:
    """Null where the text is no number that fits."""
    readable = text.str.contains(f"^(?:{NUMBER})$") & (text.str.len_bytes() <= LONGEST_NUMBER)
    number = pl.when(readable).then(text).cast(pl.Float64, strict=False)
    return pl.when(number.abs() <= LARGEST_NUMBER).then(number)


def _category(text: pl.Expr) -> pl.Expr:
    whole = text.str.replace(f"^(?:{WHOLE})$", "${1}")
    lower = whole.str.to_lowercase()
    return pl.when(lower.is_in(["true", "false"])).then(lower).otherwise(whole)


def _faults(contract: Contract) -> list[pl.Expr]:
    """For each rule, its sentence where a row breaks it and null elsewhere; the first one counts."""
    faults: list[pl.Expr] = []
    for column in contract.columns:
        text = _text(column, contract)
        if column.required or column.name == contract.target:
            faults.append(_where(text.is_null(), f"{column.name} missing"))
        if column.numeric:
            faults += _number_faults(column, text)
        if column.values:
            allowed = _category(text).is_in(list(column.values))
            faults.append(_where(~allowed, f"{column.name} not an allowed value"))
        if column.unique:
            repeated = text.is_not_null() & ~text.is_first_distinct()
            faults.append(_where(repeated, f"{column.name} repeated"))
    return faults or [pl.lit(None, dtype=pl.String)]


def _number_faults(column: Column, text: pl.Expr) -> list[pl.Expr]:
    number = _number(text)
    faults = [_where(text.is_not_null() & number.is_null(), f"{column.name} not a number")]
    if column.type == "integer":
        faults.append(_where(number != number.floor(), f"{column.name} not a whole number"))
    if column.min is not None:
        faults.append(_where(number < column.min, f"{column.name} below {column.min:.15g}"))
    if column.max is not None:
        faults.append(_where(number > column.max, f"{column.name} above {column.max:.15g}"))
    return faults


def _where(broken: pl.Expr, sentence: str) -> pl.Expr:
    return pl.when(broken).then(pl.lit(sentence))

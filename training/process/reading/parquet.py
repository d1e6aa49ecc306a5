"""A Parquet file: its columns in batches of rows. Numbers stay numbers, all else becomes text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dropforge.domain.contract import category_text
from dropforge.domain.contract.fields import shown
from training.errors import Refused
from training.process.reading.header import check_header
from training.process.reading.whole import CELL, LINE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dropforge.domain.contract import Contract
    from training.process.quarantine import Quarantine
    from training.process.reading.drop import Drop

BATCH = 100_000


class ParquetFile:
    """`line` is the row's number, from 1."""

    def __init__(self, drop: Drop, contract: Contract) -> None:
        self._drop = drop
        self._contract = contract
        self.header: tuple[str, ...] = ()
        self.rows = 0

    def blocks(self, quarantine: Quarantine) -> Iterator[pl.DataFrame]:
        self.rows = 0
        table = self._scan()
        self.header = check_header(table.collect_schema().names(), self._contract)
        quarantine.open(self.header)
        try:
            for batch in table.collect_batches(chunk_size=BATCH, maintain_order=True):
                lines = pl.int_range(self.rows + 1, self.rows + batch.height + 1, eager=True).alias(LINE)
                self.rows += batch.height
                cells = [_cells(values, self._contract) for values in batch.get_columns()]
                yield pl.DataFrame([lines, *(c.alias(CELL.format(place)) for place, c in enumerate(cells))])
        except _FAULTS as fault:
            raise _broken(fault) from None
        if self.rows == 0:
            raise Refused("empty", "the file has columns and no rows")

    def _scan(self) -> pl.LazyFrame:
        try:
            table = pl.scan_parquet(self._drop.path, glob=False)
            table.collect_schema()
        except _FAULTS as fault:
            raise _broken(fault) from None
        return table


_FAULTS = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)


def _broken(fault: BaseException) -> Refused:
    return Refused("reader.format", f"the Parquet file cannot be read; is it cut short? {str(fault)[:200]}")


def _cells(values: pl.Series, contract: Contract) -> pl.Series:
    kind = values.dtype
    numeric = any(column.name == values.name and column.numeric for column in contract.columns)
    if kind.is_nested() or kind in (pl.Binary, pl.Object):
        if values.name in contract.drop:
            return pl.Series(values.name, [None], dtype=pl.String).new_from_index(0, len(values))
        raise Refused("columns", f"{shown(values.name)} holds {kind}, no single texts or numbers")
    if kind.is_float():
        values = values.cast(pl.Float64).fill_nan(None)
    if kind.is_numeric() and numeric:
        return values.cast(pl.Float64)
    if kind.is_float():
        known = values.unique()
        return values.replace_strict(known, [category_text(value) for value in known], return_dtype=pl.String)
    if isinstance(kind, pl.Datetime):
        return values.dt.to_string("%Y-%m-%dT%H:%M:%S")
    return values.cast(pl.String)

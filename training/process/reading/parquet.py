"""A Parquet file: its columns in batches of rows. Numbers stay numbers, dates dates; all else is text."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from dropforge.domain.contract import category_text
from dropforge.domain.contract.fields import shown
from dropforge.domain.reading.cells import stripped
from dropforge.domain.reading.header import check_header
from training.errors import Refused
from training.process.reading.drop import too_large
from training.process.reading.frames import LINE, cell_names
from training.process.reading.unpack import REFUSED, TOO_LARGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dropforge.domain.contract import Contract
    from training.process.reading.drop import Drop
    from training.quarantine import Quarantine


class ParquetFile:
    """`line` is the row's number, from 1."""

    decimal = "."

    def __init__(self, drop: Drop, contract: Contract) -> None:
        self._drop = drop
        self._contract = contract
        self.header: tuple[str, ...] = ()
        self.rows = 0

    def blocks(self, quarantine: Quarantine) -> Iterator[pl.DataFrame]:
        self.rows = 0
        with tempfile.TemporaryDirectory() as scratch:
            for file in self._unpacked(Path(scratch)):
                batch = pl.read_ipc(file, memory_map=False)
                file.unlink()
                if not self.header:
                    self.header = tuple(stripped(batch.columns))
                    check_header(self.header, self._contract, self._contract.columns)
                    quarantine.open(self.header)
                lines = pl.int_range(self.rows + 1, self.rows + batch.height + 1, eager=True).alias(LINE)
                self.rows += batch.height
                cells = [_cells(values, self._contract) for values in batch.get_columns()]
                named = zip(cells, cell_names(len(cells)), strict=True)
                yield pl.DataFrame([lines, *(values.alias(name) for values, name in named)])
        if self.rows == 0:
            raise Refused("empty", "the file has columns and no rows")

    def _unpacked(self, scratch: Path) -> list[Path]:
        megabytes = self._contract.quality.megabytes
        done = subprocess.run(
            [sys.executable, "-m", "training.process.reading.unpack",
             str(self._drop.path), str(scratch), str(megabytes)],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, encoding="utf-8",
        )  # fmt: skip
        said = done.stdout.strip()
        if done.returncode == TOO_LARGE:
            raise too_large(int(said), megabytes)
        if done.returncode:
            why = said if done.returncode == REFUSED else "its decoder breaks down over it"
            raise Refused("reader.format", f"the Parquet file is damaged or cut short: {why}")
        return sorted(scratch.iterdir())


def _cells(values: pl.Series, contract: Contract) -> pl.Series:
    kind = values.dtype
    numeric = any(column.name == values.name and column.numeric for column in contract.columns)
    is_date = any(column.name == values.name and column.type == "date" for column in contract.columns)
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
    if is_date and isinstance(kind, (pl.Date, pl.Datetime)):
        return values.cast(pl.Datetime).dt.replace_time_zone(None)
    if isinstance(kind, pl.Datetime):
        return values.dt.to_string("%Y-%m-%dT%H:%M:%S")
    return values.cast(pl.String)

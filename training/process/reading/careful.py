"""A block of CSV line by line: sound rows for polars to read, and the others to quarantine.

A line without quotes is only counted through, which takes about a microsecond; one with quotes is read as
the endpoint reads it.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import polars as pl

from dropforge.domain.reading.csv_rows import is_blank, ragged
from dropforge.domain.reading.faults import BadRow
from training.process.reading.frames import LINE, cell_names
from training.process.reading.whole import parsed

if TYPE_CHECKING:
    from dropforge.domain.contract import Reader
    from training.process.reading.lines import Lines
    from training.quarantine import Quarantine


class CarefulRows:
    """The rows of one block. `cut_short` tells of a last one that lacks cells: the file may be cut off."""

    def __init__(self, lines: Lines, width: int, reader: Reader, quarantine: Quarantine) -> None:
        self._lines = lines
        self._width = width
        self._reader = reader
        self._out = io.StringIO()
        self._writer = csv.writer(
            self._out, delimiter=reader.delimiter, quotechar=reader.quote or '"', lineterminator="\n"
        )
        self._quarantine = quarantine
        self.rows = 0
        self.cut_short: str | None = None

    def read(self) -> pl.DataFrame:
        """The sound rows, their line first."""
        quote, delimiter = self._reader.quote, self._reader.delimiter
        for number, line in self._lines:
            if quote and quote in line:
                self._quoted(number, line)
                continue
            bare = line.rstrip("\r\n")
            if bare.count(delimiter) + 1 == self._width and (bare or self._width > 1):
                self._out.write(f"{number}{delimiter}{bare}\n")
                self._counted()
            else:
                self._ragged(number, bare.split(delimiter))
        names = [LINE, *cell_names(self._width)]
        text = self._out.getvalue().encode()
        cells = parsed(text, names, self._reader, quoted=bool(quote)) if text else _none(names)
        assert cells is not None, "rows were counted to be of one width"  # noqa: S101
        return cells.with_columns(pl.col(LINE).cast(pl.Int64))

    def _quoted(self, number: int, line: str) -> None:
        try:
            cells = self._lines.row(line)
        except BadRow as bad:
            self._counted()
            self._quarantine.add(number, [line.rstrip("\r\n")], str(bad))
            return
        if len(cells) == self._width:
            self._writer.writerow([number, *cells])
            self._counted()
        else:
            self._ragged(number, cells)

    def _ragged(self, number: int, cells: list[str]) -> None:
        if is_blank(cells, self._reader.delimiter):
            return
        reason = ragged(cells, self._width)
        self._counted(f"line {number} {reason}" if len(cells) < self._width else None)
        self._quarantine.add(number, cells, reason)

    def _counted(self, cut_short: str | None = None) -> None:
        self.rows += 1
        self.cut_short = cut_short


def _none(names: list[str]) -> pl.DataFrame:
    return pl.DataFrame(schema=dict.fromkeys(names, pl.String))

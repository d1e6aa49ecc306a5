"""Lines of CSV → rows of cells, one bad row at a time.

A row is what Python's `csv` makes of its lines when it is strict. Blank lines are left out. What has another
number of cells than the header is a bad row, and so is one whose quotes make no sense; the rows after it are
read all the same. Only a quote that nothing closes spoils the rest.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, NamedTuple

from dropforge.domain.reading.cells import SPACES, stripped
from dropforge.domain.reading.faults import BadFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dropforge.domain.contract import Reader

REPEATED_HEADER = "repeats the header"
NEVER_CLOSED = ("unexpected end of data", "field limit")
"""What `csv` says of a quote that swallows what comes after it."""


class Row(NamedTuple):
    """`line`: the one that it begins with, from 1. `fault`: what is wrong with it."""

    line: int
    cells: list[str]
    fault: str | None = None


class CsvRows:
    """Iterates over the rows of lines that have their ends. `width`: how many cells a row must have; 0 until
    the header says it."""

    def __init__(self, lines: Iterable[str], reader: Reader, width: int = 0) -> None:
        self.width = width
        self._names: list[str] = []
        self._delimiter = reader.delimiter
        self._line = ""
        self._rows: Any = csv.reader(self._noted(lines), **dialect(reader))

    def header(self) -> list[str] | None:
        """The names in the first row that is not blank; None where there is none."""
        first = next(iter(self), None)
        if first is None:
            return None
        if first.fault:
            raise BadFile("header", f"the header cannot be read: it {first.fault}")
        return self.named_by(first.cells)

    def named_by(self, cells: Sequence[str]) -> list[str]:
        """These cells are the header."""
        self._names = stripped(cells)
        self.width = len(self._names)
        return self._names

    def __iter__(self) -> Iterator[Row]:
        rows = self._rows
        while True:
            line = rows.line_num + 1
            try:
                cells = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield Row(line, [self._line.rstrip("\r\n")], fault_of_quotes(error, line))
                continue
            if len(cells) == self.width:
                yield Row(line, cells, REPEATED_HEADER if cells == self._names else None)
            elif not is_blank(cells, self._delimiter):
                yield Row(line, cells, ragged(cells, self.width) if self.width else None)

    def _noted(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            self._line = line
            yield line


def dialect(reader: Reader) -> dict[str, Any]:
    """For `csv.reader`. An empty quote means that nothing is quoted."""
    quoting = csv.QUOTE_MINIMAL if reader.quote else csv.QUOTE_NONE
    return {
        "delimiter": reader.delimiter,
        "quotechar": reader.quote or None,
        "quoting": quoting,
        "strict": True,
    }


def fault_of_quotes(error: csv.Error, line: int) -> str:
    """What is wrong with one row; BadFile where the rows after it cannot be told from it."""
    if any(said in str(error) for said in NEVER_CLOSED):
        raise BadFile(
            "truncated", f"a quote that line {line} opens is never closed; is the file cut short?"
        ) from error
    return f"has quotes that cannot be read: {error}"


def is_blank(cells: Sequence[str], delimiter: str) -> bool:
    """Of a row that does not have the header's width: nothing but spaces on its line."""
    return not delimiter.join(cells).strip(SPACES)


def ragged(cells: Sequence[str], width: int) -> str:
    return f"has {len(cells)} cells, not {width}"

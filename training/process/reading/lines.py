"""One line after the other with its number, and the rows that quotes spread over several of them.

What a row is, `dropforge.domain.reading.csv_rows` says; here are only the blocks that its lines come in.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from dropforge.domain.reading.csv_rows import dialect, fault_of_quotes, is_blank
from dropforge.domain.reading.faults import BadFile, BadRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dropforge.domain.contract import Reader
    from training.process.reading.blocks import Blocks


class Lines:
    """Iterates over (number, line with its end) of one block; takes the next one while a quote is open.

    `number` is the last line read, from 1.
    """

    def __init__(self, block: bytes, blocks: Blocks, reader: Reader, number: int = 0) -> None:
        self._text = io.StringIO(block.decode(), newline="")
        self._blocks = blocks
        self._reader = reader
        self.number = number

    def __iter__(self) -> Iterator[tuple[int, str]]:
        while line := self._text.readline():
            self.number += 1
            yield self.number, line

    def rest(self) -> bytes:
        """What is left of the block."""
        return self._text.read().encode()

    def first_row(self) -> list[str]:
        """The header's cells: the first line that is not blank."""
        for _, line in self:
            try:
                cells = self.row(line)
            except BadRow as bad:
                raise BadFile("header", f"the header cannot be read: it {bad}") from bad
            if not is_blank(cells, self._reader.delimiter):
                return cells
        raise BadFile("empty", "the file holds nothing but blank lines")

    def row(self, line: str) -> list[str]:
        """The cells of the row that begins with `line`, reading on while a quote is open; BadRow where its
        quotes make no sense."""
        begun = self.number
        rows = csv.reader(self._from(line), **dialect(self._reader))
        try:
            return next(rows)
        except csv.Error as error:
            raise BadRow(fault_of_quotes(error, begun)) from error

    def _from(self, line: str) -> Iterator[str]:
        yield line
        while following := self._text.readline() or self._next_block():
            self.number += 1
            yield following

    def _next_block(self) -> str:
        self._text = io.StringIO(self._blocks.next().decode(), newline="")
        return self._text.readline()

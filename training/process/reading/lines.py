"""One line after the other with its number, and the rows that quotes spread over several of them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from dropforge.domain.contract.cells import SPACES
from training.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dropforge.domain.contract import Reader
    from training.process.reading.blocks import Blocks


class Unreadable(Exception):
    """One row whose quotes make no sense; the rows after it may."""


class Lines:
    """Iterates over (number, line without its end) of one block; takes the next one while a quote is open.

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
            yield self.number, line.rstrip("\r\n")

    def rest(self) -> bytes:
        """What is left of the block."""
        return self._text.read().encode()

    def first_row(self) -> list[str]:
        """The header's cells: the first line that is not blank."""
        for _, line in self:
            if line.strip(SPACES):
                try:
                    return self.quoted_row(line)
                except Unreadable as fault:
                    raise Refused("header", f"the header cannot be read: it {fault}") from fault
        raise Refused("empty", "the file holds nothing but blank lines")

    def quoted_row(self, line: str) -> list[str]:
        """The cells of the row that begins with `line`, reading on while a quote is open."""
        begun, quote = self.number, self._reader.quote
        if not quote:
            return line.split(self._reader.delimiter)
        rows = csv.reader(self._from(line), delimiter=self._reader.delimiter, quotechar=quote, strict=True)
        try:
            return next(rows)
        except csv.Error as fault:
            if "unexpected end of data" in str(fault) or "field limit" in str(fault):
                raise Refused(
                    "truncated", f"a quote that line {begun} opens is never closed; is the file cut short?"
                ) from fault
            raise Unreadable(f"has quotes that cannot be read: {fault}") from fault

    def _from(self, line: str) -> Iterator[str]:
        yield line + "\n"
        while following := self._text.readline() or self._next_block():
            self.number += 1
            yield following

    def _next_block(self) -> str:
        self._text = io.StringIO(self._blocks.next().decode(), newline="")
        return self._text.readline()

"""A text file's lines with their numbers, and the rows that quotes spread over several of them."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from dropforge.domain.contract.cells import SPACES
from training.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

LONGEST_LINE = 1024 * 1024


class Unreadable(Exception):
    """One row whose quotes make no sense; the rows after it may."""


class Lines:
    """Iterates over (number, line without its end); `number` is the last line read, from 1."""

    def __init__(self, text: TextIO, delimiter: str) -> None:
        self._text = text
        self._delimiter = delimiter
        self.number = 0

    def __iter__(self) -> Iterator[tuple[int, str]]:
        while line := self._next():
            yield self.number, line.rstrip("\r\n")

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
        begun = self.number
        rows = csv.reader(self._from(line), delimiter=self._delimiter, strict=True)
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
        while following := self._next():
            yield following

    def _next(self) -> str:
        line = self._text.readline(LONGEST_LINE)
        if len(line) == LONGEST_LINE:
            raise Refused(
                "binary", f"line {self.number + 1} is longer than {LONGEST_LINE} characters: no CSV file"
            )
        self.number += bool(line)
        return line

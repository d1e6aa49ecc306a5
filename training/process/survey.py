"""The drop as text: is it a CSV file of the contract's columns, decodable and whole?

A first pass in plain Python that knows every line's number, which a columnar reader does not. A line without
quotes is only counted through, which costs about a microsecond; one with quotes goes through `csv`, the same
reader that the endpoint uses. Sound rows are copied, with their line numbers, to a scratch file that polars
reads without any doubt; the others go to quarantine. The cost: the drop is read twice and written once.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dropforge.domain.contract.cells import SPACES
from training.errors import Refused
from training.process.header import check_header
from training.process.lines import Lines, Unreadable

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TextIO

    from dropforge.domain.contract import Contract
    from training.process.quarantine import Quarantine

BLOCK = 1024 * 1024
WIDE_ENCODINGS = ("utf-16",)


@dataclass
class Survey:
    """`header` in the file's order; `rows` counts every row but blank lines, sound or not."""

    sha256: str
    size: int
    header: tuple[str, ...] = ()
    rows: int = 0


def survey(drop: Path, contract: Contract, clean: Path, quarantine: Quarantine) -> Survey:
    """Copies the sound rows to `clean`, their line number first; Refused where the file is no such CSV."""
    found = Survey(*_digest(drop, contract))
    reader = contract.reader
    encoding = "utf-8-sig" if reader.encoding == "utf-8" else reader.encoding
    with (
        drop.open(encoding=encoding, newline="") as text,
        clean.open("w", encoding="utf-8", newline="") as out,
    ):
        lines = Lines(text, reader.delimiter)
        try:
            found.header = check_header(lines.first_row(), contract)
            quarantine.open(found.header)
            rows = Rows(lines, found.header, reader.delimiter, out, quarantine)
            found.rows = rows.copy()
        except UnicodeDecodeError as fault:
            raise _undecodable(fault, reader.encoding, lines.number) from None
    if found.rows == 0:
        raise Refused("empty", "the file has a header and no rows")
    return found


class Rows:
    """Sorts the rows into those that polars will read and those that nothing can."""

    def __init__(
        self, lines: Lines, header: tuple[str, ...], delimiter: str, out: TextIO, quarantine: Quarantine
    ) -> None:
        self._lines = lines
        self._width = len(header)
        self._delimiter = delimiter
        self._out = out
        self._writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
        self._quarantine = quarantine
        self._count = 0
        self._cut_short: str | None = None

    def copy(self) -> int:
        """How many rows there were. A last row that lacks cells is a file cut short, not a bad row."""
        for number, line in self._lines:
            if '"' in line:
                self._quoted(number, line)
            elif line.count(self._delimiter) + 1 == self._width and (self._width > 1 or line.strip(SPACES)):
                self._out.write(f"{number}{self._delimiter}{line}\n")
                self._counted()
            elif line.strip(SPACES):
                self._ragged(number, line.split(self._delimiter))
        if self._cut_short:
            raise Refused("truncated", f"the file ends in the middle of a row: {self._cut_short}")
        return self._count

    def _quoted(self, number: int, line: str) -> None:
        try:
            cells = self._lines.quoted_row(line)
        except Unreadable as fault:
            self._counted()
            self._quarantine.add(number, [line], str(fault))
            return
        if len(cells) == self._width:
            self._writer.writerow([number, *cells])
            self._counted()
        else:
            self._ragged(number, cells)

    def _ragged(self, number: int, cells: list[str]) -> None:
        reason = f"has {len(cells)} cells, not {self._width}"
        self._counted(f"line {number} {reason}" if len(cells) < self._width else None)
        self._quarantine.add(number, cells, reason)

    def _counted(self, cut_short: str | None = None) -> None:
        self._count += 1
        self._cut_short = cut_short


def _digest(drop: Path, contract: Contract) -> tuple[str, int]:
    """SHA-256 and size, and what bytes alone can tell."""
    size, most = drop.stat().st_size, contract.quality.megabytes
    if size == 0:
        raise Refused("empty", "the file has 0 bytes")
    if size > most * 1024 * 1024:
        raise Refused(
            "quality.megabytes",
            f"the file has {size / 1024 / 1024:.1f} MB, more than the {most:.15g} MB the contract allows",
        )
    digest, place = hashlib.sha256(), 0
    with drop.open("rb") as file:
        while block := file.read(BLOCK):
            nul = -1 if contract.reader.encoding in WIDE_ENCODINGS else block.find(0)
            if nul >= 0:
                raise Refused("binary", f"the file is not text: byte {place + nul} is a NUL")
            digest.update(block)
            place += len(block)
    return digest.hexdigest(), size


def _undecodable(fault: UnicodeDecodeError, encoding: str, number: int) -> Refused:
    byte = fault.object[fault.start] if fault.start < len(fault.object) else 0
    return Refused(
        "reader.encoding",
        f"the file is not {encoding} text: after line {number} comes the byte 0x{byte:02x}, "
        "which is no character there; save it in that encoding, or name its own in the contract",
    )

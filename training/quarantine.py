"""Bad rows, as they came, with their line number and what is wrong with them. Nothing dropped is lost."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO


class Quarantine:
    """rows.csv: `line`, the file's own columns, `reason`. Made when the first bad row comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: TextIO | None = None
        self._header: tuple[str, ...] = ()
        self.reasons: Counter[str] = Counter()

    def __enter__(self) -> Quarantine:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    def open(self, header: tuple[str, ...]) -> None:
        self._header = header

    def add(self, number: int, cells: list[str], reason: str) -> None:
        """Cells beyond the header's stay in the last one, and missing ones stay empty."""
        width = len(self._header)
        kept = cells if len(cells) <= width else [*cells[: width - 1], ",".join(cells[width - 1 :])]
        padding = [""] * (width - len(kept))
        csv.writer(self._out(), lineterminator="\n").writerow([number, *kept, *padding, reason])
        self.reasons[reason] += 1

    def _out(self) -> TextIO:
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = (self._folder / "rows.csv").open("w", encoding="utf-8", newline="")
            csv.writer(self._file, lineterminator="\n").writerow(["line", *self._header, "reason"])
        return self._file


class NoQuarantine(Quarantine):
    """For reading a file again, whose bad rows have been kept already."""

    def __init__(self) -> None:
        super().__init__(Path())

    def add(self, number: int, cells: list[str], reason: str) -> None:
        del number, cells, reason

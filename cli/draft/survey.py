"""What a CSV holds, column by column, in one pass; memory is bounded by the number of columns, not of rows.

Distinct values are counted up to a limit and, for uniqueness, by a hash of each value; the cost is eight
bytes or so a cell, for columns that are still unique so far.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cli.errors import UserError
from cli.files import existing
from dropforge.domain.contract import category_text, parse_number

DELIMITERS = ",;\t|"
# What people write for "nothing"; a word that may be a real value (None, unknown) is not among them.
NULL_MARKERS = frozenset({"?", "NA", "N/A", "NaN", "nan", "null", "NULL", "#N/A"})
MOST_COUNTED = 1000
SAMPLE_LINES = 50
ENCODINGS = ("utf-8-sig", "windows-1252", "latin-1")
DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})( .*)?")


@dataclass
class Column:
    """What was seen in one column."""

    name: str
    present: int = 0
    missing: int = 0
    numbers: int = 0
    integers: int = 0
    dates: int = 0
    low: float | None = None
    high: float | None = None
    counts: Counter[str] = field(default_factory=Counter)
    many: bool = False
    unique: bool = True
    _seen: set[int] = field(default_factory=set, repr=False)

    def see(self, text: str) -> None:
        """Take one value in."""
        self.present += 1
        self._see_number(text)
        self.dates += bool(DATE.fullmatch(text))
        value = category_text(text) or text
        if self.many is False:
            self.counts[value] += 1
            self.many = len(self.counts) > MOST_COUNTED
        if self.unique:
            self.unique = hash(value) not in self._seen
            self._seen.add(hash(value))
        elif self._seen:
            self._seen = set()

    def _see_number(self, text: str) -> None:
        number = parse_number(text)
        if number is None:
            return
        self.numbers += 1
        self.integers += number.is_integer()
        self.low = number if self.low is None else min(self.low, number)
        self.high = number if self.high is None else max(self.high, number)


@dataclass(frozen=True)
class Survey:
    """What was seen in a file."""

    columns: list[Column]
    rows: int
    delimiter: str
    encoding: str
    nulls: list[str]


def survey(path: Path) -> Survey:
    """Read the file once."""
    encoding = encoding_of(existing(path))
    delimiter = delimiter_of(path, encoding)
    with path.open(encoding=encoding, newline="") as lines:
        rows = csv.reader(lines, delimiter=delimiter)
        columns = [Column(name.strip()) for name in next(rows, [])]
        check_heading(path, columns)
        markers: set[str] = set()
        count = 0
        for row in cells(rows, len(columns)):
            count += 1
            take_in(row, columns, markers)
    if count == 0:
        raise UserError(f"{path} has a heading and no rows; give a file with data")
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    return Survey(columns, count, delimiter, name, sorted(markers))


def take_in(row: list[str], columns: list[Column], markers: set[str]) -> None:
    """One row's values, each to its column."""
    for column, cell in zip(columns, row, strict=True):
        text = cell.strip()
        if text in NULL_MARKERS:
            markers.add(text)
        if not text or text in NULL_MARKERS:
            column.missing += 1
        else:
            column.see(text)


def cells(rows: Iterable[list[str]], width: int) -> Iterator[list[str]]:
    """The rows with as many cells as the heading; the others are the checks' business, not the draft's."""
    return (row for row in rows if len(row) == width)


def check_heading(path: Path, columns: list[Column]) -> None:
    """A file without a usable heading has no contract."""
    names = [column.name for column in columns]
    if not any(names):
        raise UserError(f"{path} is empty; give a CSV file with a heading")
    if not all(names):
        raise UserError(f"{path}: column {names.index('') + 1} has no name in the heading")
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise UserError(f"{path}: the heading names {twice[0]!r} twice; rename one of them")


def encoding_of(path: Path) -> str:
    """The first encoding in which the whole file reads."""
    with path.open("rb") as file:
        if b"\0" in file.read(65536):
            raise UserError(f"{path} is not a text file; give a CSV file")
    for encoding in ENCODINGS:
        try:
            with path.open(encoding=encoding) as lines:
                for _line in lines:
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise UserError(f"{path} reads in none of {', '.join(ENCODINGS)}; save it as UTF-8")


def delimiter_of(path: Path, encoding: str) -> str:
    """The delimiter that splits the first lines into the most columns, all alike."""
    with path.open(encoding=encoding, newline="") as lines:
        sample = [line for line, _ in zip(lines, range(SAMPLE_LINES), strict=False)]

    def columns(delimiter: str) -> int:
        widths = {len(row) for row in csv.reader(sample, delimiter=delimiter) if row}
        return widths.pop() if len(widths) == 1 else 0

    return max(DELIMITERS, key=columns)

"""CSV, Parquet or JSON lines → the first rows as text, under their names.

A million rows say what a column is; a larger file is not read further, and the draft says so.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from dropforge.domain.contract.fields import shown
from dropforge.domain.reading.cells import SPACES, parse_number
from training.errors import JobError
from training.survey.formats import Text, format_of, text_of

if TYPE_CHECKING:
    from pathlib import Path

MOST_ROWS = 1_000_000


@dataclass(frozen=True)
class Table:
    rows: pl.DataFrame
    """Every cell as text, null where it was empty."""
    format: str
    text: Text | None
    """How a text file is written."""
    whole: bool


def table_of(path: Path) -> Table:
    format_ = format_of(path)
    text = text_of(path) if format_ == "csv" else None
    try:
        read = _csv(path, text) if text else _typed(path, format_)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as fault:
        said = (str(fault).splitlines() or ["it is damaged"])[0][:200]
        raise JobError(f"the file cannot be read as {format_}: {said}") from None
    if not read.height:
        raise JobError("the file has a heading and no rows; give one with data")
    return Table(read.head(MOST_ROWS), format_, text, read.height <= MOST_ROWS)


def _csv(path: Path, text: Text) -> pl.DataFrame:
    """Rows with too many cells lose the last ones here: that is the checks' business, not the draft's."""
    names, lines, ends = _heading(path, text)
    as_it_is = text.encoding == "utf-8" and ends != "\r"
    source = path if as_it_is else io.BytesIO(path.read_text(text.codec).encode())
    read = pl.read_csv(
        source,
        separator=text.delimiter,
        has_header=False,
        skip_lines=lines,
        schema=dict.fromkeys((f"{index}" for index in range(len(names))), pl.String),
        n_rows=MOST_ROWS + 1,
        truncate_ragged_lines=True,
        raise_if_empty=False,
        glob=False,
    )
    read.columns = names
    return read


def _heading(path: Path, text: Text) -> tuple[list[str], int, object]:
    """The names, the lines up to their end, and what ends a line."""
    with path.open(encoding=text.codec, newline="") as lines:
        rows = csv.reader(lines, delimiter=text.delimiter)
        stripped = ([name.strip(SPACES) for name in row] for row in rows)
        names = next((row for row in stripped if any(row)), [])
        ends = lines.newlines
    if not names:
        raise JobError("the file is empty; give one with a heading and rows")
    if all(parse_number(name) is not None for name in names):
        raise JobError("the first row holds nothing but numbers: has the file no heading?")
    _check(names)
    return names, rows.line_num, ends


def _typed(path: Path, format_: str) -> pl.DataFrame:
    """Parquet and JSON lines know types of their own, but a contract is written in its own words."""
    if format_ == "parquet":
        read = pl.scan_parquet(path, glob=False).head(MOST_ROWS + 1).collect()
    else:  # a column of whole numbers may have its first fraction in the last row
        with path.open("rb") as file:
            read = pl.read_ndjson(file, infer_schema_length=None, n_rows=MOST_ROWS + 1)
    _check(read.columns)
    nested = [name for name, kind in read.schema.items() if kind.is_nested()]
    if nested:
        raise JobError(f"{shown(nested[0])} holds lists or objects; a column holds one value a row")
    return read.with_columns(pl.all().cast(pl.String))


def _check(names: list[str]) -> None:
    if not all(names):
        raise JobError(
            f"column {names.index('') + 1} has no name in the heading; name it, or write the file without it"
        )
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise JobError(f"the heading names {shown(twice[0])} twice; rename one of them")
    odd = [name for name in names if any(ord(character) < 32 for character in name)]
    if odd:
        raise JobError(f"the name {shown(odd[0])} holds a control character; rename the column")

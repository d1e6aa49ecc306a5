"""What a column of text holds: the facts from which its type is judged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import polars as pl

from dropforge.domain.reading.cells import LARGEST_NUMBER, LONGEST_NUMBER, NUMBER, SPACES, WHOLE
from dropforge.domain.reading.dates import moment_text
from dropforge.domain.survey import Column
from training.process.numbers import with_points

if TYPE_CHECKING:
    from collections.abc import Iterable

NULL_MARKERS = ("?", "NA", "N/A", "NaN", "nan", "null", "NULL", "#N/A")
"""What people write for "nothing". A word that may well be a value (None, unknown) is not among them."""
DOUBTFUL = ("unknown", "none", "missing", "not available", "-", "--", ".")
"""Words to tell of: they may mean nothing, or something."""
MOST_COUNTED = 1000
FORMATS = (
    None, "%d-%m-%y", "%d-%m-%Y", "%m-%d-%Y", "%m-%d-%y", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y",
    "%d/%m/%y", "%m/%d/%y", "%Y/%m/%d", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%B %d, %Y",
    "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d.%m.%Y %H:%M",
)  # fmt: skip
DATE = re.compile(
    r"\d{1,4}[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{2,4}([T ].*)?|[A-Z][a-z]{2,8} \d{1,2}, \d{4}"
)


def look(cells: pl.Series, *, comma: bool) -> tuple[Column, pl.Series]:
    """The facts, and the column's values: numbers where all of them are, else texts.
    `comma`: whether numbers have a decimal comma."""
    text = cells.alias("text").str.strip_chars(SPACES)
    present = present_of(text)
    values = _canonical(present)
    distinct = values.drop_nulls().value_counts()
    counts = dict(sorted(distinct.iter_rows())) if distinct.height <= MOST_COUNTED else {}
    numbers, missing = numbers_of(present, comma=comma), present.null_count()
    there = numbers.drop_nulls()
    seen = Column(
        name=cells.name,
        present=len(text) - missing,
        missing=missing,
        markers=_counted(text, NULL_MARKERS),
        doubtful=_doubtful(counts),
        distinct=distinct.height,
        counts=counts,
        **(_facts_of_numbers(there) if len(there) else {"formats": _formats(distinct["text"])}),
    )
    return seen, (numbers if seen.numeric else values).alias(cells.name)


def _facts_of_numbers(there: pl.Series) -> dict[str, Any]:
    low, high = float(there.min()), float(there.max())  # type: ignore[arg-type]
    others = there.filter((there > low) & (there < high))
    next_low = float(others.min()) if len(others) else high  # type: ignore[arg-type]
    next_high = float(others.max()) if len(others) else low  # type: ignore[arg-type]
    return {
        "numbers": len(there),
        "whole": int((there == there.floor()).sum()),
        "negative": int((there < 0).sum()),
        "lowest": (low, int((there == low).sum()), next_low),
        "highest": (high, int((there == high).sum()), next_high),
    }


def present_of(text: pl.Series) -> pl.Series:
    """Null where nothing is said; `text` has no spaces around it."""
    return text.set((text == "") | text.is_in(NULL_MARKERS), None)


def numbers_of(text: pl.Series, *, comma: bool) -> pl.Series:
    """Null where a text is not one."""
    if comma:
        text = text.to_frame("text").select(with_points(pl.col("text"))).to_series()
    readable = text.str.contains(f"^(?:{NUMBER})$") & (text.str.len_bytes() <= LONGEST_NUMBER)
    numbers = text.set(~readable.fill_null(False), None).cast(pl.Float64, strict=False)
    return numbers.set(numbers.abs() > LARGEST_NUMBER, None)


def _canonical(text: pl.Series) -> pl.Series:
    """As `category_text` spells it."""
    whole = text.str.replace(f"^(?:{WHOLE})$", "${1}")
    lower = whole.str.to_lowercase()
    return whole.zip_with(~lower.is_in(["true", "false"]).fill_null(False), lower)


def _counted(text: pl.Series, words: Iterable[str]) -> dict[str, int]:
    found = text.filter(text.is_in(list(words))).value_counts()
    return dict(sorted(found.iter_rows()))


def _doubtful(counts: dict[str, int]) -> dict[str, int]:
    return {value: count for value, count in counts.items() if value.lower() in DOUBTFUL}


def _formats(values: pl.Series) -> tuple[str | None, ...]:
    texts = values.head(MOST_COUNTED).to_list()
    if not texts or not all(DATE.fullmatch(text) for text in texts):
        return ()
    return tuple(pattern for pattern in FORMATS if all(moment_text(text, pattern) for text in texts))

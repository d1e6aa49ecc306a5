"""Cells → a category's or a date's one spelling.

The rule is the server's own function, asked once for each different text of a block and not for each row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from dropforge.domain.contract import category_text
from dropforge.domain.reading.cells import SPACES
from dropforge.domain.reading.dates import moment_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dropforge.domain.contract import Column


@dataclass(frozen=True)
class Texts:
    values: pl.Series
    """Categorical, null where there is none."""
    unread: pl.Series | None
    """The cells that hold something, but not a date."""


def read_texts(cells: pl.Series, column: Column, nulls: frozenset[str]) -> Texts:
    """`cells`: as Categorical."""
    spelled: dict[str, str | None] = {}
    unread: list[str] = []
    for text in cells.unique().drop_nulls().to_list():
        stripped = text.strip(SPACES)
        value = None if stripped in nulls else _spelling(stripped, column)
        if value is None and stripped not in nulls:
            unread.append(text)
        if value != text:
            spelled[text] = value
    if not spelled:
        return Texts(cells, None)
    plain = cells.cast(pl.String)
    broken = plain.is_in(unread) if unread else None
    return Texts(plain.replace(list(spelled), list(spelled.values())).cast(pl.Categorical), broken)


def not_allowed(values: pl.Series, allowed: Iterable[str]) -> pl.Series | None:
    """Which values are not allowed; None if all are."""
    others = sorted(set(values.unique().drop_nulls().to_list()) - set(allowed))
    return values.cast(pl.String).is_in(others) if others else None


def _spelling(text: str, column: Column) -> str | None:
    return moment_text(text, column.format) if column.type == "date" else category_text(text)

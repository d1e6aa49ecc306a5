"""The numbers that are taken from a moment.

They are read from the one text that a moment has (`dropforge.domain.reading.dates`): for a request by
Python's own library, for a frame by polars.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from dropforge.domain.reading.dates import MOMENT_FORMAT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

PARTS: Mapping[str, Callable[[datetime], int]] = {
    "year": lambda moment: moment.year,
    "month": lambda moment: moment.month,
    "day": lambda moment: moment.day,
    "weekday": lambda moment: moment.isoweekday(),
    "hour": lambda moment: moment.hour,
    "dayofyear": lambda moment: moment.timetuple().tm_yday,
}
"""weekday: Monday is 1, Sunday 7."""


def part_of(text: str, part: str) -> float:
    """A part of what `moment_text` wrote."""
    return float(PARTS[part](datetime.fromisoformat(text)))


def part_expression(column: str, part: str) -> pl.Expr:
    """The same of a whole column of such texts; null where there is none."""
    import polars as pl
    from polars.selectors import by_name

    moment = by_name(column).str.to_datetime(MOMENT_FORMAT)
    taken = moment.dt.ordinal_day() if part == "dayofyear" else getattr(moment.dt, part)()
    return taken.cast(pl.Float32)

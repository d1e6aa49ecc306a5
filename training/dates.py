"""One spelling for one moment, and the numbers that are taken from it.

A date of a drop, of a typed row or of a request becomes the same ISO text (`moment_text`), and only from that
text are its parts read: for a request by Python's own library, for a frame by polars. A time zone is not
converted: the hour is the one that was written.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from dropforge.domain.contract.cells import SPACES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

LONGEST = 64
TEXT = "%Y-%m-%dT%H:%M:%S"
PARTS: Mapping[str, Callable[[datetime], int]] = {
    "year": lambda moment: moment.year,
    "month": lambda moment: moment.month,
    "day": lambda moment: moment.day,
    "weekday": lambda moment: moment.isoweekday(),
    "hour": lambda moment: moment.hour,
    "dayofyear": lambda moment: moment.timetuple().tm_yday,
}
"""weekday: Monday is 1, Sunday 7."""


def moment_text(value: object, pattern: str | None) -> str | None:
    """`2011-01-31T00:00:00` for a date's text in the contract's format (None: ISO 8601), or None."""
    if isinstance(value, datetime):
        return _text(value)
    if isinstance(value, date):
        return _text(datetime(value.year, value.month, value.day))  # noqa: DTZ001 - as written
    if not isinstance(value, str) or len(value) > LONGEST:
        return None
    text = value.strip(SPACES)
    try:
        read = datetime.fromisoformat(text) if pattern is None else datetime.strptime(text, pattern)  # noqa: DTZ007
    except ValueError:
        return None
    return _text(read)


def part_of(text: str, part: str) -> float:
    """A part of what `moment_text` wrote."""
    return float(PARTS[part](datetime.fromisoformat(text)))


def part_expression(column: str, part: str) -> pl.Expr:
    """The same of a whole column of such texts; null where there is none."""
    import polars as pl
    from polars.selectors import by_name

    moment = by_name(column).str.to_datetime(TEXT)
    taken = moment.dt.ordinal_day() if part == "dayofyear" else getattr(moment.dt, part)()
    return taken.cast(pl.Float32)


def _text(moment: datetime) -> str:
    return moment.replace(microsecond=0, tzinfo=None).isoformat()

"""One spelling for one moment: a date of a drop, of a typed row or of a request becomes the same ISO text.

A time zone is not converted: the hour is the one that was written.
"""

from __future__ import annotations

from datetime import date, datetime

from dropforge.domain.reading.cells import SPACES

LONGEST_DATE = 64
MOMENT_FORMAT = "%Y-%m-%dT%H:%M:%S"
"""How a moment's text is written."""


def moment_text(value: object, pattern: str | None) -> str | None:
    """`2011-01-31T00:00:00` for a date's text in the contract's format (None: ISO 8601), or None."""
    if isinstance(value, datetime):
        return _text(value)
    if isinstance(value, date):
        return _text(datetime(value.year, value.month, value.day))  # noqa: DTZ001 - as written
    if not isinstance(value, str):
        return None
    text = value.strip(SPACES)
    if len(text) > LONGEST_DATE:
        return None
    try:
        read = datetime.fromisoformat(text) if pattern is None else datetime.strptime(text, pattern)  # noqa: DTZ007
    except ValueError:
        return None
    return _text(read)


def _text(moment: datetime) -> str:
    return moment.replace(microsecond=0, tzinfo=None).isoformat()

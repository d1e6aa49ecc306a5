"""A date is the same moment and the same numbers, written in whichever way and read alone or in a column."""

from datetime import date, datetime, timedelta, timezone

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropforge.domain.reading.dates import moment_text
from training.dates import PARTS, part_expression, part_of


@given(st.datetimes())
def test_a_part_of_a_column_is_the_part_of_each_of_its_texts(moment: datetime) -> None:
    text = moment_text(moment.isoformat(), None)
    assert text is not None
    frame = pl.DataFrame({"day": [text, None]})
    for part in PARTS:
        assert frame.select(part_expression("day", part)).to_series().to_list() == [part_of(text, part), None]


@pytest.mark.parametrize(
    ("value", "pattern", "expected"),
    [
        ("2011-01-31", None, "2011-01-31T00:00:00"),
        (" 2011-01-31 ", None, "2011-01-31T00:00:00"),
        ("2011-01-31T13:45:59.9", None, "2011-01-31T13:45:59"),
        ("2011-01-31 13:45", None, "2011-01-31T13:45:00"),
        ("2011-01-31T13:45:00Z", None, "2011-01-31T13:45:00"),
        ("2011-01-31T13:45:00+05:30", None, "2011-01-31T13:45:00"),
        ("31-01-11", "%d-%m-%y", "2011-01-31T00:00:00"),
        ("1/31/2011 1:45 PM", "%m/%d/%Y %I:%M %p", "2011-01-31T13:45:00"),
        (date(2011, 1, 31), None, "2011-01-31T00:00:00"),
        (datetime(2011, 1, 31, 13, tzinfo=timezone(timedelta(hours=2))), None, "2011-01-31T13:00:00"),
    ],
)
def test_one_moment_has_one_text(value: object, pattern: str | None, expected: str) -> None:
    assert moment_text(value, pattern) == expected


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("31-01-11", None),
        ("2011-02-30", None),
        ("", None),
        ("today", None),
        (20110131, None),
        (True, None),
        ("2011-01-31", "%d-%m-%y"),
        ("1" * 1000, None),
        (["2011-01-31"], None),
    ],
)
def test_what_is_not_a_date_is_read_as_none(value: object, pattern: str | None) -> None:
    assert moment_text(value, pattern) is None

"""Whether the numbers of a CSV file have a decimal comma: those cells tell that read in one way only.

`12,345` tells nothing, since it may be twelve thousand; and where as many columns are numbers only with a
point, the file is taken to have points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.domain.reading.cells import SPACES
from training.survey.columns import numbers_of, present_of

if TYPE_CHECKING:
    import polars as pl

    from training.survey.tables import Table

THOUSANDS = r"^[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+$"


def commas_in(table: Table) -> dict[str, str]:
    """The columns that only a decimal comma makes numbers, each with a cell that shows it."""
    if table.text is None or table.text.delimiter == ",":
        return {}
    shown: dict[str, str] = {}
    points = 0
    for cells in table.rows.iter_columns():
        there = present_of(cells.str.strip_chars(SPACES)).drop_nulls()
        by_point, by_comma = _all_numbers(there, comma=False), _all_numbers(there, comma=True)
        points += by_point and not by_comma
        if by_comma and not by_point:
            telling = there.filter(there.str.contains(",", literal=True) & ~there.str.contains(THOUSANDS))
            shown |= {cells.name: telling[0]} if len(telling) else {}
    return shown if len(shown) > points else {}


def _all_numbers(texts: pl.Series, *, comma: bool) -> bool:
    return numbers_of(texts, comma=comma).null_count() == 0

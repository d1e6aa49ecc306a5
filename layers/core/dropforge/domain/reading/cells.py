"""One spelling for one value, whether it comes from YAML, a CSV cell or a JSON request.

Training reads `1` from a file, a caller sends the number 1, a spreadsheet has saved "1.0" and Python "True".
Were these different categories, the model would see at serving what it never saw in training: so each value
has one text. The cost: a category cannot tell "1.0" from "1", nor "TRUE" from "true".

The patterns are kept to what every regular-expression engine reads alike, because processing applies the same
ones to whole columns in another engine.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SPACES = " \t\n\r\x0b\x0c\xa0"
WHOLE = r"([+-]?[0-9]+)\.0+"
NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
GROUPED = r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?"
LONGEST_NUMBER = 64
LARGEST_NUMBER = 3e38
"""Features are 32-bit floats, and beyond this there is only infinity."""
_WHOLE = re.compile(WHOLE)
_NUMBER = re.compile(NUMBER)
_GROUPED = re.compile(GROUPED)
_SWAPPED = str.maketrans(".,", ",.")


def stripped(cells: Iterable[str]) -> list[str]:
    return [cell.strip(SPACES) for cell in cells]


def cell_text(value: object, *, numeric: bool) -> str | None:
    """What a CSV's cell would say in the place of JSON's value; None for what no cell says. A number is not
    cut at 64 bits as a category's text is."""
    if isinstance(value, str):
        return value
    if numeric and isinstance(value, int) and not isinstance(value, bool) and value.bit_length() <= 200:
        return str(value)
    return category_text(value)


def category_text(value: object) -> str | None:
    """The one text of a category's value; None for what is not a scalar (a list, an object, nan)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 64 else None
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return str(int(value)) if value.is_integer() and abs(value) < 2**63 else repr(value)
    if isinstance(value, str):
        return category_in(value.strip(SPACES))
    return None


def parse_number(value: object) -> float | None:
    """A number that fits, or None. Text counts if it reads as one: no "nan", "inf", "1_000" or "0x10"."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return _fitting(float(value)) if value.bit_length() <= 200 else None
    if isinstance(value, float):
        return _fitting(value)
    return number_in(value.strip(SPACES)) if isinstance(value, str) else None


def with_point(text: str) -> str:
    """A number with a decimal comma as one with a point: "1.234,5" becomes "1234.5". A dot that groups
    anything but thousands becomes a comma, which no number has."""
    swapped = text.strip(SPACES).translate(_SWAPPED)
    return swapped.replace(",", "") if _GROUPED.fullmatch(swapped) else swapped


def category_in(text: str) -> str:
    """`category_text` of a text without spaces around it."""
    whole = _WHOLE.fullmatch(text)
    if whole:
        return whole.group(1)
    lower = text.lower()
    return lower if lower in ("true", "false") else text


def number_in(text: str) -> float | None:
    """`parse_number` of a text without spaces around it."""
    return _fitting(float(text)) if len(text) <= LONGEST_NUMBER and _NUMBER.fullmatch(text) else None


def _fitting(number: float) -> float | None:
    return number if abs(number) <= LARGEST_NUMBER else None

"""One spelling for one value, whether it comes from YAML, a CSV cell or a JSON request.

Training reads `1` from a file, a caller sends the number 1, a spreadsheet has saved "1.0" and Python "True".
Were these different categories, the model would see at serving what it never saw in training; so each value has
one text.
The cost: a category cannot tell "1.0" from "1", nor "TRUE" from "true".
"""

from __future__ import annotations

import math
import re

WHOLE = re.compile(r"^([+-]?[0-9]+)\.0+$")
NUMBER = re.compile(r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$")
LONGEST_NUMBER = 64


def category_text(value: object) -> str | None:
    """The one text of a category's value; None for what is no scalar (a list, an object, nan)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 64 else None
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return str(int(value)) if value.is_integer() and abs(value) < 2**63 else repr(value)
    if isinstance(value, str):
        text = WHOLE.sub(r"\1", value.strip())
        return text.lower() if text.lower() in ("true", "false") else text
    return None


def parse_number(value: object) -> float | None:
    """A finite number, or None. Text counts if it reads as one: no "nan", "inf", "1_000" or "0x10"."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return float(value) if value.bit_length() <= 1000 else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        text = value.strip()
        if len(text) > LONGEST_NUMBER or not NUMBER.match(text):
            return None
        number = float(text)
        return number if math.isfinite(number) else None
    return None

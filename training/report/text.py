"""Texts and numbers as a page shows them."""

from __future__ import annotations

import html
import math
import unicodedata

NOTHING = "\N{EN DASH}"
"""Where a value would stand, and there is none."""
MINUS = "\N{MINUS SIGN}"
LONGEST = 2000
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Categories of characters that show nothing, or turn the text around them: a name must read as it is."""


def shown(text: str, longest: int = LONGEST) -> str:
    """The text without what cannot be seen, and cut where it is too long."""
    seen = "".join(_seen(character) for character in text[: longest + 1])
    return seen if len(text) <= longest else seen[: longest - 1] + "…"


def escaped(text: str, longest: int = LONGEST) -> str:
    return html.escape(shown(text, longest), quote=True)


def number(value: float, digits: int = 4) -> str:
    """Digits enough to compare by; whole numbers as they are, with thousands apart."""
    if not math.isfinite(value):
        return NOTHING
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    if abs(value) >= 1000:
        return f"{value:,.1f}"
    return f"{value:.{digits}f}" if abs(value) >= 0.001 else f"{value:.{digits}g}"


def measure(value: float) -> str:
    """A metric, with as many decimals as its neighbours of one size have."""
    if not math.isfinite(value):
        return NOTHING
    return f"{value:,.{4 if abs(value) < 10 else 2 if abs(value) < 1000 else 1}f}".replace("-", MINUS)


def parameter(value: object) -> str:
    """A parameter of an algorithm, with as many digits as a person compares by."""
    text = str(value)
    try:
        found = float(text)
    except ValueError:
        return text
    return text if not math.isfinite(found) or found.is_integer() else f"{found:.4g}"


def percent(share: float, decimals: int = 1) -> str:
    return f"{100 * share:.{decimals}f} %" if math.isfinite(share) else NOTHING


def _seen(character: str) -> str:
    if character in "\n\t":
        return " "
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character) in UNSEEN else character

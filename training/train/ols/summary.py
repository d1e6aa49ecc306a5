"""The printed table, as statisticians know it; without the date and time, so that the same rows give the same
text."""

from __future__ import annotations

import warnings
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

CLOCK = ("Date:", "Time:")


def summary(result: Any, names: Sequence[str], target: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = result.summary(xname=["const", *names], yname=target)
    for row in made.tables[0]:
        for cell, following in pairwise(row):
            if str(cell.data).strip() in CLOCK:
                cell.data = following.data = ""
    return str(made.as_text()) + "\n"

"""What the columns tell of each other and of the target: data-quality checks before there is a contract."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import polars as pl

from dropforge.domain.contract.model import Quality
from training.quality.answer import answer_of
from training.quality.checks import leakage, redundant
from training.quality.profile import profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from training.survey.columns import Seen

MOST_CLASSES = 50
SEVERE = Quality(leakage="refuse", redundant="warn")
"""So that what gives the answer away is told apart from what only might."""


def is_number(target: Seen) -> bool:
    """A regression's target: numbers, and more of them than classes can be."""
    fractions = target.whole < target.numbers
    return target.numeric and (target.distinct > MOST_CLASSES or (fractions and target.distinct > 2))


def relations(
    values: Mapping[str, pl.Series], seen: Mapping[str, Seen], target: str
) -> dict[str, list[dict[str, Any]]]:
    number = is_number(seen[target])
    if not number and not 2 <= seen[target].distinct <= MOST_CLASSES:
        return {"leaking": [], "redundant": []}
    rows = pl.DataFrame(list(values.values())).filter(values[target].is_not_null())
    types = {name: _type(facts) for name, facts in seen.items() if name != target and facts.present}
    answer = answer_of(rows[target] if number else rows[target].cast(pl.String), None, is_number=number)
    found = profile(rows.lazy(), types, answer)
    return {
        "leaking": [asdict(finding) for finding in leakage(found, answer, SEVERE)],
        "redundant": [asdict(finding) for finding in redundant(found, SEVERE)],
    }


def _type(seen: Seen) -> str:
    return "number" if seen.numeric else "category"

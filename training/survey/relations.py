"""What the columns tell of each other and of the target: data-quality checks before there is a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dropforge.domain.survey import Relation
from training.quality.checks import MOST_PAIRS, REDUNDANT, TELLS_ALL, TELLS_MUCH
from training.quality.profile import profile
from training.quality.target import target_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dropforge.domain.survey import Column
    from training.quality.profile import Profile

MOST_CLASSES = 50
Relations = tuple[Relation, ...]


def is_number(target: Column) -> bool:
    """A regression's target: numbers, and more of them than classes can be."""
    fractions = target.whole < target.numbers
    return target.numeric and (target.distinct > MOST_CLASSES or (fractions and target.distinct > 2))


def relations(
    values: Mapping[str, pl.Series], seen: Mapping[str, Column], target: str
) -> dict[str, Relations]:
    """`leaking`: what tells the answer, `certain` where it gives it; `redundant`: what repeats others."""
    number = is_number(seen[target])
    if not number and not 2 <= seen[target].distinct <= MOST_CLASSES:
        return {"leaking": (), "redundant": ()}
    there = values[target].alias("value").is_not_null()
    rows = pl.DataFrame(list(values.values())).filter(there)
    asked = rows[target].alias("value")
    types = {name: _type(facts) for name, facts in seen.items() if name != target and facts.present}
    numbered = target_of(target, asked if number else asked.cast(pl.String), None, is_number=number)
    found = profile(rows.lazy(), types, numbered)
    return {"leaking": _leaking(found), "redundant": _redundant(found)}


def _leaking(found: Profile) -> Relations:
    sums = [Relation(each.parts, "sum", each.share, certain=True) for each in found.giving]
    alone = [
        Relation(
            (name,), strength.measure, strength.value, certain=strength.value > TELLS_ALL[strength.measure]
        )
        for name, strength in found.strengths.items()
        if strength.value >= TELLS_MUCH[strength.measure]
    ]
    return (*sums, *alone)


def _redundant(found: Profile) -> Relations:
    """The last column is the one that the others give."""
    sums = [Relation((*each.parts, each.whole), "sum", each.share, certain=True) for each in found.sums]
    pairs = found.correlations.pairs_above(REDUNDANT)[:MOST_PAIRS]
    return (*sums, *(Relation((one, other), "r", r, certain=False) for one, other, r in pairs))


def _type(seen: Column) -> str:
    return "number" if seen.numeric else "category"

"""The contract's quality limits: how much may be wrong with a drop that still becomes a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.domain.contract import positive_class
from training.errors import Refused

if TYPE_CHECKING:
    from collections import Counter

    import polars as pl

    from dropforge.domain.contract import Contract


def check_bad_rows(read: int, reasons: Counter[str], contract: Contract) -> None:
    bad, most = reasons.total(), contract.quality.bad_rows
    if bad > most * read:
        named = ", ".join(f"{reason} ({count})" for reason, count in reasons.most_common(3))
        raise Refused(
            "quality.bad_rows",
            f"{bad} of {read} rows are bad ({_percent(bad / read)}), "
            f"more than the {_percent(most)} allowed: {named}",
        )


def check_rows(read: int, duplicates: int, good: int, contract: Contract) -> None:
    most, least = contract.quality.duplicates, contract.quality.minimum_rows
    if duplicates > most * read:
        raise Refused(
            "quality.duplicates",
            f"{duplicates} of {read} rows repeat another one ({_percent(duplicates / read)}), "
            f"more than the {_percent(most)} allowed",
        )
    if good < least:
        raise Refused(
            "quality.minimum_rows", f"{good} good rows, fewer than the {least} that the contract asks for"
        )


def check_classes(target: pl.Series, contract: Contract) -> None:
    counts = dict(sorted(target.value_counts().iter_rows()))
    named = ", ".join(f"{value!r} ({count} rows)" for value, count in list(counts.items())[:5])
    if len(counts) != 2:
        raise Refused("target", f"{contract.target} has {len(counts)} classes, not 2: {named}")
    if positive_class(contract.positive, tuple(counts)) is None:
        wanted = "none is 1, true or yes" if contract.positive is None else f"none is {contract.positive!r}"
        raise Refused(
            "positive", f"{contract.target} has the classes {named}, and {wanted}: name the positive one"
        )
    value, count = min(counts.items(), key=lambda pair: pair[1])
    if count < contract.quality.minimum_class:
        raise Refused(
            "quality.minimum_class",
            f"class {value!r} has {count} rows, fewer than the {contract.quality.minimum_class} "
            "that the contract asks for",
        )


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"

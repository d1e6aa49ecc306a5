"""The rules: what the figures mean for a model, in a sentence each. Each function is one rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.quality.findings import IGNORE, REFUSE, WARN, Finding, listed, percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dropforge.domain.contract import Contract, Quality
    from training.quality.findings import Reading
    from training.quality.profile import Profile
    from training.quality.strength import Strength
    from training.quality.sums import Sum
    from training.quality.target import Target

REDUNDANT = 0.99
TELLS_ALL = {"AUC": 0.99, "|r|": 0.999}
TELLS_MUCH = {"AUC": 0.80, "|r|": 0.95}
MOSTLY_MISSING = 0.5
MOST_PAIRS = 30
ORDER = {REFUSE: 0, WARN: 1}


def findings(profile: Profile, target: Target, reading: Reading, contract: Contract) -> tuple[Finding, ...]:
    """What is refused first, then the rest, each in the order of the rules."""
    quality = contract.quality
    found = [
        *bad_rows(reading, quality),
        *duplicates(reading, quality),
        *too_few_rows(profile.rows, quality),
        *too_small_classes(target, contract),
        *leakage(profile, target, quality),
        *nulls(profile, quality),
        *constants(profile, quality),
        *uniques(profile, quality),
        *redundant(profile, quality),
    ]
    reported = [finding for finding in found if finding.severity != IGNORE]
    return tuple(sorted(reported, key=lambda finding: ORDER[finding.severity]))


def bad_rows(reading: Reading, quality: Quality) -> Iterator[Finding]:
    if reading.bad > quality.bad_rows * reading.read:
        share = reading.bad / reading.read
        named = ", ".join(f"{reason} ({count})" for reason, count in reading.quarantined[:3])
        yield Finding(
            "quality.bad_rows", REFUSE, (), share, quality.bad_rows,
            f"{reading.bad} of {reading.read} rows are bad ({percent(share)}), "
            f"more than the {percent(quality.bad_rows)} allowed: {named}",
        )  # fmt: skip


def duplicates(reading: Reading, quality: Quality) -> Iterator[Finding]:
    if reading.duplicates:
        share = reading.duplicates / reading.read
        too_many = share > quality.duplicates
        allowed = (
            f"more than the {percent(quality.duplicates)} allowed"
            if too_many
            else "of each one copy was kept"
        )
        yield Finding(
            "quality.duplicates", REFUSE if too_many else WARN, (), share, quality.duplicates,
            f"{reading.duplicates} of {reading.read} rows repeat another one ({percent(share)}), {allowed}",
        )  # fmt: skip


def too_few_rows(rows: int, quality: Quality) -> Iterator[Finding]:
    if rows < quality.minimum_rows:
        yield Finding(
            "quality.minimum_rows", REFUSE, (), rows, quality.minimum_rows,
            f"{rows} good rows, fewer than the {quality.minimum_rows} that the contract asks for",
        )  # fmt: skip


def too_small_classes(target: Target, contract: Contract) -> Iterator[Finding]:
    """One that the contract names and no row has is too small as well."""
    fewest = contract.quality.minimum_class
    named = dict.fromkeys(contract.target_column.values, 0)
    counts = named | dict(zip(target.classes, target.counts, strict=True))
    for name, count in counts.items():
        if count < fewest:
            yield Finding(
                "quality.minimum_class", REFUSE, (target.name,), count, fewest,
                f"class {name!r} has {count} rows, fewer than the {fewest} that the contract asks for",
            )  # fmt: skip


def leakage(profile: Profile, target: Target, quality: Quality) -> Iterator[Finding]:
    """What no column could know before the answer is known."""
    parts = {name for found in profile.giving for name in found.parts}
    for found in profile.giving:
        yield _giving(found, quality)
    for name, strength in sorted(profile.strengths.items(), key=lambda pair: -pair[1].value):
        if name in parts:
            continue
        if strength.value > TELLS_ALL[strength.measure]:
            yield _leaking(name, strength, target, quality.leakage, TELLS_ALL[strength.measure])
        elif strength.value >= TELLS_MUCH[strength.measure]:
            word = IGNORE if quality.leakage == IGNORE else WARN
            yield _leaking(name, strength, target, word, TELLS_MUCH[strength.measure])


def nulls(profile: Profile, quality: Quality) -> Iterator[Finding]:
    for figure in profile.figures:
        share = figure.share_missing
        said = f"{figure.name} has no value in {figure.missing} of {figure.rows} rows ({percent(share)})"
        if share > quality.nulls:
            yield Finding(
                "quality.nulls", REFUSE, (figure.name,), share, quality.nulls,
                f"{said}, more than the {percent(quality.nulls)} allowed",
            )  # fmt: skip
        elif MOSTLY_MISSING < share < 1:
            yield Finding("quality.nulls", WARN, (figure.name,), share, quality.nulls, said)


def constants(profile: Profile, quality: Quality) -> Iterator[Finding]:
    for figure in profile.figures:
        if figure.constant:
            what = "says the same in every row" if figure.distinct else "has no value in any row"
            yield Finding(
                "quality.constant", quality.constant, (figure.name,), figure.distinct, None,
                f"{figure.name} {what}: nothing can be learned from it. Drop it",
            )  # fmt: skip


def uniques(profile: Profile, quality: Quality) -> Iterator[Finding]:
    """Numbers with fractions and moments may well all differ; whole ones and words that do name the row."""
    for figure in profile.figures:
        if figure.unique and figure.type not in ("number", "date"):
            yield Finding(
                "quality.unique", quality.unique, (figure.name,), figure.distinct, None,
                f"{figure.name} is different in every row: it names the row and cannot tell of another. "
                "Drop it, or call it an id",
            )  # fmt: skip


def redundant(profile: Profile, quality: Quality) -> Iterator[Finding]:
    for found in profile.sums:
        yield Finding(
            "quality.redundant", quality.redundant, (*found.parts, found.whole), found.share, None,
            f"{' + '.join(found.parts)} give {found.whole} {_share(found)}: one of them can be dropped",
        )  # fmt: skip
    pairs = profile.correlations.pairs_above(REDUNDANT)
    for one, other, r in pairs[:MOST_PAIRS]:
        how = "rise and fall together" if r > 0 else "move against each other"
        yield Finding(
            "quality.redundant", quality.redundant, (one, other), r, REDUNDANT,
            f"{one} and {other} {how} (r {r:.3f}): one says nearly all that the other does",
        )  # fmt: skip
    if len(pairs) > MOST_PAIRS:
        left = pairs[MOST_PAIRS:]
        yield Finding(
            "quality.redundant", quality.redundant, _names(left), left[0][2], REDUNDANT,
            f"{len(left)} more pairs of columns move together, among {listed(_names(left))}",
        )  # fmt: skip


def _names(pairs: Iterable[tuple[str, str, float]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one, other, _ in pairs for name in (one, other)))


def _giving(found: Sum, quality: Quality) -> Finding:
    parts = " + ".join(found.parts)
    verb = "give" if len(found.parts) > 1 else "is"
    return Finding(
        "quality.leakage", quality.leakage, found.parts, found.share, None,
        f"{parts} {verb} {found.whole} {_share(found)}: the answer itself is among the columns. "
        "A model would only copy it; drop them if they are not known before the answer is",
    )  # fmt: skip


def _share(found: Sum) -> str:
    return "in every row" if found.share == 1 else f"in {percent(found.share)} of the rows"


def _leaking(name: str, strength: Strength, target: Target, severity: str, limit: float) -> Finding:
    what = f"whether {name} is missing" if strength.by_gaps else name
    alone = f"{what} alone tells {target.name} ({strength.measure} {strength.value:.3f})"
    certain = strength.value > TELLS_ALL[strength.measure]
    rest = (
        ": hardly anything honest does. Drop it if it is not known before the answer is"
        if certain
        else ": is it known before the answer? If not, drop it"
    )
    return Finding("quality.leakage", severity, (name,), strength.value, limit, alone + rest)

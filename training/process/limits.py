"""Is the drop fit to become a model? The contract's limits, as `training.quality` finds them broken, and what
a problem asks of its target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.domain.contract import positive_class
from training.errors import Refused
from training.quality import assess, write

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from dropforge.domain.contract import Contract
    from training.quality import Reading


def check_quality(values: pl.DataFrame, contract: Contract, reading: Reading, folder: Path) -> None:
    """Writes the quality report, of a refused drop too."""
    assessment = assess(values, contract, reading)
    write(assessment, folder)
    for finding in assessment.findings:
        print(f"{finding.severity} by {finding.rule}: {finding.sentence}", flush=True)
    assessment.refuse_any()


def check_classes(target: pl.Series, contract: Contract) -> None:
    """Two classes, one of them positive, for a binary problem; at least two for a multiclass one, and two
    values for a regression."""
    if not contract.classifies:
        if target.n_unique() < 2:
            raise Refused("target", f"{contract.target} is the same in every row: there is nothing to learn")
        return
    counts = dict(sorted(target.value_counts().iter_rows()))
    named = ", ".join(f"{value!r} ({count} rows)" for value, count in list(counts.items())[:5])
    if len(counts) < 2 or (contract.problem == "binary" and len(counts) != 2):
        wanted = "2" if contract.problem == "binary" else "at least 2"
        raise Refused("target", f"{contract.target} has {len(counts)} classes, not {wanted}: {named}")
    if contract.problem == "binary" and positive_class(contract.positive, tuple(counts)) is None:
        wanted = "none is 1, true or yes" if contract.positive is None else f"none is {contract.positive!r}"
        raise Refused(
            "positive", f"{contract.target} has the classes {named}, and {wanted}: name the positive one"
        )

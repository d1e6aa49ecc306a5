"""Typed rows and their contract → what is to be said about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from training.errors import Refused
from training.quality.checks import findings
from training.quality.findings import REFUSE, WARN, Finding, Reading
from training.quality.profile import Profile, column_of, figures_of, profile
from training.quality.target import Target, target_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dropforge.domain.contract import Contract
    from training.quality.columns import Figures


@dataclass(frozen=True)
class Assessment:
    """What was found in the rows, judged by the contract."""

    contract: Contract
    reading: Reading
    profile: Profile
    target: Target
    target_figures: Figures
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> str:
        found = {finding.severity for finding in self.findings}
        return "refused" if REFUSE in found else "warned" if WARN in found else "sound"

    def refuse_any(self) -> None:
        """Refused by the first finding that refuses."""
        for finding in self.findings:
            if finding.severity == REFUSE:
                raise Refused(finding.rule, finding.sentence)


def assess(rows: pl.DataFrame | pl.LazyFrame, contract: Contract, reading: Reading) -> Assessment:
    """`rows`: the features and the target, typed as the contract says. Pictures' features have no meaning of
    their own, so of them only the classes are judged."""
    lazy = rows.lazy()
    names = set(lazy.collect_schema().names())
    column = column_of(lazy, contract.target)
    target = target_of(contract.target, column, contract.positive, is_number=not contract.classifies)
    types: Mapping[str, str] = {
        column.name: column.type for column in contract.features if column.name in names
    }
    found = profile(lazy, types, target)
    figures = figures_of(lazy, contract.target, contract.target_column.type)
    return Assessment(contract, reading, found, target, figures, findings(found, target, reading, contract))

"""Typed rows and their contract → what is to be said about them, as JSON and as a page."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from training.errors import Refused
from training.quality.answer import Answer, answer_of
from training.quality.checks import findings
from training.quality.findings import REFUSE, WARN, Finding, Reading
from training.quality.page import page_of
from training.quality.profile import Profile, column_of, figures_of, profile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from dropforge.domain.contract import Contract
    from training.quality.columns import Figures

MOST_RELATED = 200
"""Columns whose correlations are written: of two thousand they would be four million figures."""
DIGITS = 7
"""Figures come from 32-bit floats: more digits would be noise."""


@dataclass(frozen=True)
class Assessment:
    """What was found in the rows, judged by the contract. The same rows give the same bytes."""

    contract: Contract
    reading: Reading
    profile: Profile
    answer: Answer
    target: Figures
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

    def write(self, folder: Path) -> None:
        text = json.dumps(self.document(), indent=1, ensure_ascii=False, allow_nan=False)
        (folder / "quality.json").write_text(text + "\n", encoding="utf-8")
        (folder / "quality.html").write_text(page_of(self), encoding="utf-8")

    def document(self) -> dict[str, Any]:
        """quality.json."""
        found = self.profile
        together = found.correlations.closest(MOST_RELATED)
        matrix = together.matrix.tolist()
        document: dict[str, Any] = _rounded(
            {
                "usecase": self.contract.usecase,
                "problem": self.contract.problem,
                "target": self.contract.target,
                "verdict": self.verdict,
                "findings": [asdict(finding) for finding in self.findings],
                "rows": {
                    "read": self.reading.read,
                    "bad": self.reading.bad,
                    "duplicates": self.reading.duplicates,
                    "good": found.rows,
                },
                "classes": dict(zip(self.answer.classes, self.answer.counts, strict=True)),
                "columns": [self._column(figure.name, asdict(figure)) for figure in found.figures],
                "correlations": {"names": list(together.names), "rows": together.rows, "matrix": matrix},
                "quarantined": dict(self.reading.quarantined),
            }
        )
        return document

    def _column(self, name: str, figures: dict[str, Any]) -> dict[str, Any]:
        told = self.profile.strengths.get(name)
        return {**figures, "strength": asdict(told) if told else None}


def assess(rows: pl.DataFrame | pl.LazyFrame, contract: Contract, reading: Reading) -> Assessment:
    """`rows`: the features and the target, typed as the contract says. Pictures' features have no meaning of
    their own, so of them only the classes are judged."""
    lazy = rows.lazy()
    names = set(lazy.collect_schema().names())
    target = column_of(lazy, contract.target)
    answer = answer_of(contract.target, target, contract.positive, is_number=not contract.classifies)
    types: Mapping[str, str] = {
        column.name: column.type for column in contract.features if column.name in names
    }
    found = profile(lazy, types, answer)
    figures = figures_of(lazy, contract.target, contract.target_column.type)
    return Assessment(contract, reading, found, answer, figures, findings(found, answer, reading, contract))


def _rounded(value: Any) -> Any:
    """JSON has no nan, and no use for the noise of 32-bit floats."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(name): _rounded(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(each) for each in value]
    return value

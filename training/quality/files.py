"""What is written of an assessment: quality.json for programs, quality.html for people.

The same rows give the same bytes.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from training.quality.page import page_of

if TYPE_CHECKING:
    from pathlib import Path

    from training.quality.assessment import Assessment
    from training.quality.profile import Profile

MOST_RELATED = 200
"""Columns whose correlations are written: of two thousand they would be four million figures."""
DIGITS = 7
"""Figures come from 32-bit floats: more digits would be noise."""


def write(found: Assessment, folder: Path) -> None:
    text = json.dumps(document(found), indent=1, ensure_ascii=False, allow_nan=False)
    (folder / "quality.json").write_text(text + "\n", encoding="utf-8")
    (folder / "quality.html").write_text(page_of(found), encoding="utf-8")


def document(found: Assessment) -> dict[str, Any]:
    """quality.json."""
    profile = found.profile
    together = profile.correlations.closest(MOST_RELATED)
    matrix = together.matrix.tolist()
    rounded: dict[str, Any] = _rounded(
        {
            "usecase": found.contract.usecase,
            "problem": found.contract.problem,
            "target": found.contract.target,
            "verdict": found.verdict,
            "findings": [asdict(finding) for finding in found.findings],
            "rows": {
                "read": found.reading.read,
                "bad": found.reading.bad,
                "duplicates": found.reading.duplicates,
                "good": profile.rows,
            },
            "classes": dict(zip(found.target.classes, found.target.counts, strict=True)),
            "columns": _columns(profile),
            "correlations": {"names": list(together.names), "rows": together.rows, "matrix": matrix},
            "quarantined": dict(found.reading.quarantined),
        }
    )
    return rounded


def _columns(profile: Profile) -> list[dict[str, Any]]:
    strengths = {name: asdict(strength) for name, strength in profile.strengths.items()}
    return [{**asdict(figure), "strength": strengths.get(figure.name)} for figure in profile.figures]


def _rounded(value: Any) -> Any:
    """JSON has no nan, and no use for the noise of 32-bit floats."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(name): _rounded(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(each) for each in value]
    return value

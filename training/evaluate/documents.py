"""What an evaluation leaves: the registry's report, the verdict, and the page that people read."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from training.evaluate.page import evaluation_page
from training.evaluate.predictions import Classified
from training.evaluate.registry import matrix, registry_report

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from training.evaluate.evaluation import Evaluation
    from training.evaluate.figures import Figure

MOST_GROUPS = 50
"""In verdict.json, which a state machine reads: it takes 256 KiB. slices.json has all."""


def write_documents(found: Evaluation, folder: Path) -> None:
    _write(folder / "evaluation.json", registry_report(found.predictions, found.figures))
    _write(folder / "verdict.json", _verdict(found))
    _write(folder / "slices.json", {"metric": found.metric, "groups": [asdict(g) for g in found.groups]})
    if isinstance(found.predictions, Classified):
        _write(folder / "confusion.json", matrix(found.predictions))
    (folder / "evaluation.html").write_text(evaluation_page(found), encoding="utf-8")


def measured(figures: Mapping[str, Figure]) -> dict[str, float]:
    return {name: figure.value for name, figure in figures.items() if math.isfinite(figure.value)}


def _verdict(found: Evaluation) -> dict[str, Any]:
    rival = found.champion
    compared = rival and {
        "name": rival.name,
        "comparison": asdict(rival.comparison) if rival.comparison else None,
        "why_not": rival.why_not,
    }
    intervals = {
        name: [figure.low, figure.high]
        for name, figure in found.figures.items()
        if math.isfinite(figure.low) and math.isfinite(figure.high)
    }
    verdict = asdict(found.verdict)
    return verdict | {
        "groups": verdict["groups"][:MOST_GROUPS],
        "metrics": measured(found.figures),
        "intervals": intervals,
        "champion": compared,
    }


def _write(path: Path, document: Any) -> None:
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")

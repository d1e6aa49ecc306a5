"""All that one evaluation found, for the page and the files that tell of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dropforge.domain.contract import Contract
    from dropforge.domain.decisions import Group, Verdict
    from training.evaluate.champion import Champion
    from training.evaluate.figures import Figure
    from training.evaluate.predictions import Predictions


@dataclass(frozen=True)
class Evaluation:
    contract: Contract
    predictions: Predictions
    figures: Mapping[str, Figure]
    verdict: Verdict
    groups: Sequence[Group] = ()
    metric: str = "accuracy"
    champion: Champion | None = None
    facts: Sequence[tuple[str, str]] = ()
    model_facts: Mapping[str, Any] = field(default_factory=dict)
    """The documents that training and tuning left beside the model, by name."""

"""Decisions as pure functions: facts in, decision out; whoever asked then acts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Rule:
    """One line of the gate and what the model reached; `value` is None where it was not measured."""

    metric: str
    value: float | None
    limit: float
    passed: bool

    def __str__(self) -> str:
        if self.value is None:
            return f"{self.metric} was not measured, and the gate asks for {self.limit:.4f}"
        side = "at or above" if self.passed else "below"
        digits = _digits(self.value, self.limit)
        return f"{self.metric} is {self.value:.{digits}f}, {side} the gate of {self.limit:.{digits}f}"


@dataclass(frozen=True)
class Verdict:
    passed: bool
    sentence: str
    rules: tuple[Rule, ...]


def judge(metrics: Mapping[str, float | None], gate: Mapping[str, float]) -> Verdict:
    """May this model be registered? Every metric of the gate must reach its limit; unmeasured did not."""
    rules = tuple(_rule(metric, metrics.get(metric), limit) for metric, limit in gate.items())
    failed = [rule for rule in rules if not rule.passed]
    return Verdict(not failed, "; ".join(str(rule) for rule in failed or rules), rules)


def _rule(metric: str, value: float | None, limit: float) -> Rule:
    measured = None if value is None or not math.isfinite(value) else value
    return Rule(metric, measured, limit, measured is not None and measured >= limit)


def _digits(value: float, limit: float) -> int:
    """Enough decimals that a value below the limit never reads as equal to it."""
    for digits in range(4, 17):
        if value == limit or f"{value:.{digits}f}" != f"{limit:.{digits}f}":
            return digits
    return 17

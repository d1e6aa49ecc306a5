"""May this model be registered? Figures in, a verdict out: one sentence that a person can act on.

Three questions, each asked on rows that nobody trained on. Does every metric of the gate reach its limit?
Is the model worse than the one that is live, on the same rows? Is it worse for some group of rows? The
second and the third refuse only what the interval shows: where the rows are too few to tell, the verdict
says so and leaves it to the person who approves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dropforge.domain.contract import UPPER_LIMITS
from dropforge.domain.contract.fields import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dropforge.domain.contract import Gate, Slices

_SIGNS = {-1: "\N{MINUS SIGN}", 0: "", 1: "+"}
MOST_GROUPS_NAMED = 3
WORSE, BETTER, NOT_WORSE, UNDECIDED = "worse", "better", "not worse", "undecided"


@dataclass(frozen=True)
class Rule:
    """One limit of the gate and what the model reached; `value` is None where it was not measured."""

    metric: str
    value: float | None
    limit: float
    passed: bool

    def __str__(self) -> str:
        if self.value is None:
            return f"{self.metric} was not measured, and the gate asks for {_figure(self.limit)}"
        is_most = self.metric in UPPER_LIMITS
        fine, broken = ("at or below", "above") if is_most else ("at or above", "below")
        value, limit = _apart(self.value, self.limit)
        return f"{self.metric} is {value}, {fine if self.passed else broken} the gate of {limit}"


@dataclass(frozen=True)
class Comparison:
    """The model and the one that is live, on the same rows. `low` to `high` is the 95 % interval of the
    difference, new less live."""

    champion: str
    metric: str
    rows: int
    value: float
    champion_value: float
    low: float
    high: float

    @property
    def difference(self) -> float:
        return self.value - self.champion_value

    def standing(self, margin: float) -> str:
        gains = sorted((self.low * _sign(self.metric), self.high * _sign(self.metric)))
        if gains[1] < -margin:
            return WORSE
        if gains[0] > 0:
            return BETTER
        return NOT_WORSE if gains[0] >= -margin else UNDECIDED

    def sentence(self, margin: float) -> str:
        reached = _apart(self.champion_value, self.value)[0]
        difference, low, high = _signed(self.difference, self.low, self.high)
        figures = f"difference {difference}, 95 % {low} to {high}"
        means = {
            WORSE: f"worse by more than {margin:g}" if margin else "worse",
            BETTER: "better",
            NOT_WORSE: f"not worse by more than {margin:g}" if margin else "not worse",
            UNDECIDED: "these rows do not tell which is better",
        }[self.standing(margin)]
        where = f"on the same {self.rows} rows {self.champion}"
        return f"{where} reached {self.metric} {reached} ({figures}): {means}"


@dataclass(frozen=True)
class Group:
    """The rows that have one value in one column, and the metric on them with its 95 % interval."""

    column: str
    value: str
    rows: int
    metric: str
    score: float
    low: float
    high: float

    @property
    def name(self) -> str:
        return f"{shown(self.column)} = {shown(self.value)}"

    def is_worse(self, overall: float, rule: Slices) -> bool:
        """Even the better end of the interval is worse than all rows are, by more than the margin."""
        best = self.high if _sign(self.metric) > 0 else self.low
        return self.rows >= rule.minimum and (best - overall) * _sign(self.metric) < -rule.margin

    def sentence(self, overall: float) -> str:
        score, whole = _apart(self.score, overall)
        spread = f"{_figure(self.low)} to {_figure(self.high)}"
        rows = f"where {self.name} ({self.rows} rows, 95 % {spread})"
        return f"{self.metric} is {score} {rows} and {whole} over all rows"


@dataclass(frozen=True)
class Verdict:
    """`groups` are those that are too much worse."""

    passed: bool
    sentence: str
    rules: tuple[Rule, ...]
    standing: str | None = None
    groups: tuple[Group, ...] = ()


def apply_gate(
    metrics: Mapping[str, float | None],
    gate: Gate,
    comparison: Comparison | None = None,
    groups: Sequence[Group] = (),
) -> Verdict:
    """Every metric of the gate must reach its limit; unmeasured did not. A comparison that the gate does not
    ask for is told, and refuses nothing. Of a refusal, what refuses is said first."""
    rules = tuple(_rule(metric, metrics.get(metric), limit) for metric, limit in gate.limits.items())
    margin = gate.champion.margin if gate.champion else 0.0
    standing = comparison.standing(margin) if comparison else None
    worse = _worse_groups(metrics, gate.slices, groups)
    passed = all(rule.passed for rule in rules) and not worse and not (gate.champion and standing == WORSE)
    said = [str(rule) for rule in rules if not rule.passed]
    said += [comparison.sentence(margin)] if comparison else []
    said += _say_groups(metrics, worse)
    kept = [str(rule) for rule in rules] if all(rule.passed for rule in rules) else []
    said = [*kept, *said] if passed else [*said, *kept]
    return Verdict(passed, "; ".join(said) or "the contract sets no gate", rules, standing, worse)


def _rule(metric: str, value: float | None, limit: float) -> Rule:
    if value is None or not math.isfinite(value):
        return Rule(metric, None, limit, passed=False)
    return Rule(metric, value, limit, value <= limit if metric in UPPER_LIMITS else value >= limit)


def _worse_groups(
    metrics: Mapping[str, float | None], rule: Slices | None, groups: Sequence[Group]
) -> tuple[Group, ...]:
    """The worst first."""
    if rule is None:
        return ()
    found = [
        g for g in groups if (overall := metrics.get(g.metric)) is not None and g.is_worse(overall, rule)
    ]
    return tuple(sorted(found, key=lambda group: (group.score * _sign(group.metric), group.name)))


def _say_groups(metrics: Mapping[str, float | None], groups: Sequence[Group]) -> list[str]:
    said = [group.sentence(metrics[group.metric] or 0.0) for group in groups[:MOST_GROUPS_NAMED]]
    more = len(groups) - len(said)
    return [*said, f"and {more} more groups are as much worse"] if more else said


def _sign(metric: str) -> int:
    """+1 where more is better."""
    return -1 if metric in UPPER_LIMITS else 1


def _apart(one: float, other: float) -> tuple[str, str]:
    """Both with enough decimals that different numbers never read as equal."""
    fewest = min(_decimals(one), _decimals(other))
    for digits in range(fewest, 17):
        texts = f"{one:.{digits}f}", f"{other:.{digits}f}"
        if one == other or texts[0] != texts[1]:
            return texts
    return repr(one), repr(other)


def _figure(value: float) -> str:
    return f"{value:.{_decimals(value)}f}"


def _signed(*values: float) -> list[str]:
    """With as many decimals each, and enough that a difference never reads as none."""
    fewest = min(_decimals(value) for value in values)
    digits = next((d for d in range(fewest, 17) if all(_reads(value, d) for value in values)), 17)
    return [f"{_SIGNS[(value > 0) - (value < 0)]}{abs(value):.{digits}f}" for value in values]


def _reads(value: float, digits: int) -> bool:
    return not value or float(f"{value:.{digits}f}") != 0


def _decimals(value: float) -> int:
    """Four, and fewer where there are figures enough before the point."""
    return 4 if abs(value) < 10 else 2 if abs(value) < 1000 else 1

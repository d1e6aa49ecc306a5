"""The verdict and what it rests on: the gate, the champion, the groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.domain.contract import UPPER_LIMITS
from dropforge.domain.decisions import BETTER, NOT_WORSE, UNDECIDED, WORSE
from training.evaluate.measures import CONSTANT
from training.report import Block, banner, figure, heading, paragraph, plots, table
from training.report.text import measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dropforge.domain.decisions import Group
    from training.evaluate.evaluation import Evaluation
    from training.evaluate.figures import Figure

MOST_DRAWN, MOST_LISTED = 30, 100
_STANDINGS = {
    BETTER: "better",
    NOT_WORSE: "not worse",
    UNDECIDED: "as good, better or worse: these rows do not tell",
    WORSE: "worse",
}
REPEATED = {"true_positive_rate", "false_positive_rate", "false_negative_rate", "f0_5", "f2"}
REPEATED |= {"weighted_recall", "weighted_f0_5", "weighted_f2"}
"""Said again by another metric, or wanted by few: in the file, and in the table only with a limit."""


def answer(found: Evaluation) -> Block:
    verdict = found.verdict
    sentence = f"{verdict.sentence}."
    if not verdict.passed:
        return banner(sentence, "bad", "No: the model is not registered")
    doubtful = verdict.standing in (UNDECIDED, WORSE)
    title = "The gate is passed, but look at the comparison" if doubtful else "Yes: it passes its gate"
    return banner(sentence, "warn" if doubtful else "good", title)


def gate(found: Evaluation) -> list[Block]:
    limits = {rule.metric: rule for rule in found.verdict.rules}
    names = [*limits, *(name for name in found.figures if name not in limits and _is_shown(name))]
    rows = []
    for name in names:
        rule, measured = limits.get(name), found.figures.get(name)
        limit = "" if rule is None else f"{'≤' if name in UPPER_LIMITS else '≥'} {measure(rule.limit)}"
        met = "" if rule is None else "yes" if rule.passed else "no"
        rows.append([name, *_spread(measured), limit, met])
    said = "From and to: in 95 of 100 cases the figure would lie between them on other rows like these."
    return [
        heading("The gate"),
        paragraph(said),
        table(["metric", "value", "from", "to", "limit", "met"], rows),
    ]


def champion(found: Evaluation) -> list[Block]:
    rival = found.champion
    if rival is None:
        return [
            heading("The live model"),
            paragraph("No version is live yet, so there is nothing to compare with."),
        ]
    if rival.comparison is None:
        return [heading("The live model"), banner(rival.why_not or "", "warn", "The two were not compared")]
    one = rival.comparison
    rows = [[one.champion, measure(one.champion_value), "", ""], ["this model", measure(one.value), "", ""]]
    rows += [["difference", measure(one.difference), measure(one.low), measure(one.high)]]
    asked = found.contract.gate.champion
    margin = asked.margin if asked else 0.0
    rule = (
        f"The gate refuses one that is worse by more than {margin:g}"
        if asked
        else "The gate does not ask for more than that this is said"
    )
    reached = (
        f"Both were asked about the same {one.rows:,} rows, some of which the live one may have learned from."
    )
    said = f"{reached} The new one is {_STANDINGS[one.standing(margin)]}. {rule}."
    return [heading("The live model"), paragraph(said), table([one.metric, "value", "from", "to"], rows)]


def groups(found: Evaluation) -> list[Block]:
    if not found.groups:
        return []
    worst = sorted(found.groups, key=lambda group: group.score, reverse=found.metric in UPPER_LIMITS)
    rows = [
        [g.column, g.value, f"{g.rows:,}", *map(measure, (g.score, g.low, g.high)), _said(g, found)]
        for g in worst[:MOST_LISTED]
    ]
    head = ["column", "value", "rows", found.metric, "from", "to", ""]
    said = "The metric for each group of rows, the worst first. A long line: few rows, so little is known."
    more = f"The {MOST_LISTED} worst of {len(worst)}; slices.json has all." if len(worst) > len(rows) else ""
    return [heading("Groups"), figure(_drawn(worst[:MOST_DRAWN], found), said), table(head, rows, more)]


def _drawn(worst: Sequence[Group], found: Evaluation) -> str:
    whole = found.figures[found.metric]
    return plots.intervals(
        ["all rows", *(f"{group.column} = {group.value}" for group in worst)],
        [whole.value, *(group.score for group in worst)],
        [(whole.low, whole.high), *((group.low, group.high) for group in worst)],
        f"{found.metric} by group",
        found.metric,
        mark=whole.value,
    )


def _said(group: Group, found: Evaluation) -> str:
    if group in found.verdict.groups:
        return "too much worse"
    asked = found.contract.gate.slices
    return "too few rows to judge" if asked and group.rows < asked.minimum else ""


def _spread(measured: Figure | None) -> list[str]:
    if measured is None:
        return ["", "", ""]
    return [measure(measured.value), measure(measured.low), measure(measured.high)]


def _is_shown(name: str) -> bool:
    return name not in REPEATED and not name.endswith(CONSTANT)

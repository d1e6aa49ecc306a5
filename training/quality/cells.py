"""The page's tables that hold pictures. Every text in them is escaped here, as `training.report` does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.quality.drawing import gauge, spark
from training.quality.findings import REFUSE
from training.report import Block
from training.report.text import NOTHING, escaped, number, percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from training.quality.assessment import Assessment
    from training.quality.columns import Figures
    from training.quality.findings import Finding
    from training.quality.strength import Strength

CHANCE = {"AUC": 0.5, "|r|": 0.0}
MUCH = {"AUC": 0.8, "|r|": 0.95}
SHOWN_TOP = 3
LONGEST_VALUE = 28
SMALL = 'style="color:var(--soft);font-size:.86em"'


def findings_table(found: Sequence[Finding]) -> Block:
    rows = [(_chip(finding), escaped(_sentence(finding.sentence)), _code(finding.rule)) for finding in found]
    return _table(("", "", "Rule"), rows)


def columns_table(found: Assessment) -> Block:
    strengths = found.profile.strengths
    rows = [
        (
            f"{escaped(figure.name)}<br><span {SMALL}>{escaped(figure.type)}</span>",
            shape(figure),
            values(figure),
            _missing(figure),
            number(figure.distinct),
            _strength(strengths.get(figure.name)),
        )
        for figure in found.profile.figures
    ]
    return _table(("Column", "Shape", "Values", "Missing", "Different", "Tells alone"), rows)


def target_table(found: Assessment) -> Block:
    if found.target.is_number:
        figure = found.target_figures
        drawn = shape(figure, width=300, height=70)
        return _table(
            (escaped(figure.name), "", ""), [(drawn, values(figure), f"{number(figure.distinct)} different")]
        )
    total = sum(found.target.counts) or 1
    pairs = sorted(zip(found.target.classes, found.target.counts, strict=True), key=lambda pair: -pair[1])
    rows = [
        (escaped(name), f"{number(count)}", percent(count / total), gauge(count / total, width=180))
        for name, count in pairs
    ]
    return _table((escaped(found.target.name), "Rows", "Share", ""), rows)


def shape(figure: Figures, width: int = 132, height: int = 30) -> str:
    if figure.dates:
        return spark(figure.dates.histogram.counts, "by time", width, height)
    if figure.numbers:
        bars = figure.numbers.histogram
        said = f"from {number(bars.edges[0])} to {number(bars.edges[-1])}"
        return spark(bars.counts, said, width, height)
    counts = [count for _, count in figure.top]
    return spark(counts, "the most frequent values", width, height) if counts else NOTHING


def values(figure: Figures) -> str:
    """What a person would say of the values, in two short lines."""
    if figure.numbers:
        some = figure.numbers
        spread = f"{_short(some.min)} to {_short(some.max)}"
        usual = f"median {_short(some.median)}, mean {_short(some.mean)}, sd {_short(some.sd)}"
        return f"{spread}<br><span {SMALL}>{usual}</span>"
    if figure.dates:
        return f"{escaped(figure.dates.first)}<br>to {escaped(figure.dates.last)}"
    if not figure.top:
        return NOTHING
    named = ", ".join(escaped(value, LONGEST_VALUE) for value, _ in figure.top[:SHOWN_TOP])
    left = figure.distinct - min(SHOWN_TOP, len(figure.top))
    more = f"<br><span {SMALL}>and {left:,} more</span>" if left > 0 else ""
    return named + more


def _missing(figure: Figures) -> str:
    if not figure.missing:
        return f"<span {SMALL}>none</span>"
    return f"{percent(figure.share_missing)}<br>{gauge(figure.share_missing, '--c2')}"


def _strength(strength: Strength | None) -> str:
    if strength is None:
        return NOTHING
    chance = CHANCE[strength.measure]
    share = (strength.value - chance) / (1 - chance)
    colour = "--c2" if strength.value >= MUCH[strength.measure] else "--c1"
    by_gaps = f"<br><span {SMALL}>by what is missing</span>" if strength.by_gaps else ""
    measured = f"{escaped(strength.measure)}\N{NO-BREAK SPACE}{strength.value:.2f}"
    return f"{gauge(share, colour)}<br><span {SMALL}>{measured}</span>{by_gaps}"


def _short(value: float) -> str:
    """Four digits are enough to see what a column is about."""
    return (
        number(float(f"{value:.4g}"), 4).rstrip("0").rstrip(".")
        if value % 1 and abs(value) < 1000
        else number(value)
    )


def _chip(finding: Finding) -> str:
    kind, word = ("bad", "refused") if finding.severity == REFUSE else ("warn", "look at")
    style = "display:inline-block;border-radius:99px;padding:.05rem .7rem;font-size:.86em;white-space:nowrap"
    return f'<span class="{kind}" style="{style}">{word}</span>'


def _code(text: str) -> str:
    return f'<code style="font:.86em var(--mono);color:var(--soft)">{escaped(text)}</code>'


def _sentence(text: str) -> str:
    return text if text.endswith(("?", ".")) else f"{text}."


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> Block:
    """Of cells that are HTML already."""
    head = "".join(f'<th scope="col">{name}</th>' for name in header)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return Block(
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )

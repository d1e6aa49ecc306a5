"""quality.html: what a person who is not a data scientist has to know about a drop, the important first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from training.quality.cells import columns_table, findings_table, target_table
from training.quality.drawing import heat
from training.quality.findings import REFUSE
from training.report import Block, banner, facts, figure, heading, page, paragraph, table
from training.report.text import percent

if TYPE_CHECKING:
    from training.quality.assessment import Assessment
    from training.quality.correlation import Correlations

MOST_DRAWN = 40
MOST_REASONS = 200


def page_of(found: Assessment) -> str:
    blocks = [
        _verdict(found),
        _counts(found),
        *_findings(found),
        heading("The answer"),
        target_table(found),
        *_columns(found),
        *_correlations(found.profile.correlations),
        *_set_aside(found),
        *_how(found),
    ]
    return page(f"Data quality: {found.contract.usecase}", blocks)


def _verdict(found: Assessment) -> Block:
    kind: Literal["good", "bad", "warn"]
    refusing = [finding for finding in found.findings if finding.severity == REFUSE]
    warnings = len(found.findings) - len(refusing)
    if refusing:
        more = f" And {len(refusing) - 1} more." if len(refusing) > 1 else ""
        kind, title, text = "bad", "These data are refused", f"{_sentence(refusing[0].sentence)}{more}"
    elif warnings:
        things = "One thing is" if warnings == 1 else f"{warnings} things are"
        kind, title = "warn", "These data can be learned from, with care"
        text = f"{things} worth a look before a model is made of them."
    else:
        kind, title = "good", "These data can be learned from"
        text = "Every check that the contract asks for passed, and nothing was found to warn of."
    return banner(text, kind, title)


def _counts(found: Assessment) -> Block:
    reading, contract = found.reading, found.contract
    things = "Rows" if contract.image is None else "Pictures"
    columns = [("Columns to learn from", len(contract.features))] if contract.image is None else []
    return facts(
        [
            (f"{things} in the file", reading.read),
            ("Set aside as bad", _of(reading.bad, reading.read)),
            ("Repeated, left out", _of(reading.duplicates, reading.read)),
            (f"{things} to learn from", found.profile.rows),
            *columns,
            ("To predict", contract.target),
        ]
    )


def _findings(found: Assessment) -> list[Block]:
    if not found.findings:
        return []
    return [heading("What was found"), findings_table(found.findings)]


def _columns(found: Assessment) -> list[Block]:
    if not found.profile.figures:
        return []
    explained = (
        "How the values of each column are spread, how many are missing, and how much the column alone "
        f"tells of {found.contract.target}: an empty bar is no better than chance, a full one would be the "
        "answer itself."
    )
    return [heading("The columns"), paragraph(explained), columns_table(found)]


def _correlations(found: Correlations) -> list[Block]:
    if len(found.names) < 2:
        return []
    shown = found.closest(MOST_DRAWN)
    drawn = heat(shown.names, shown.matrix.tolist(), "How the numeric columns move together")
    some = ""
    if len(shown.names) < len(found.names):
        some = f" The {MOST_DRAWN} of {len(found.names)} columns with the closest ties."
    caption = (
        "Blue: when one is high the other is high too. Orange: when one is high the other is low. "
        f"The deeper the colour, the closer they keep together.{some}"
    )
    return [heading("How the numeric columns move together"), figure(drawn, caption)]


def _set_aside(found: Assessment) -> list[Block]:
    reasons = found.reading.quarantined
    if not reasons:
        return [heading("What was set aside"), paragraph("Nothing was bad.")]
    rows = [(reason, count) for reason, count in reasons[:MOST_REASONS]]
    left = (
        f" The {MOST_REASONS} most frequent of {len(reasons)} reasons." if len(reasons) > MOST_REASONS else ""
    )
    explanation = f"This was not used. It lies in the quarantine as it came, each with its reason.{left}"
    return [heading("What was set aside"), paragraph(explanation), table(("Reason", "Rows"), rows)]


def _how(found: Assessment) -> list[Block]:
    if not found.profile.figures:
        return []
    together = found.profile.correlations
    text = "All figures are of every row to learn from"
    if together.names and together.rows < found.profile.rows:
        text += f", except how columns move together, which is of {together.rows:,} rows evenly taken"
    return [
        heading("How to read this"),
        paragraph(f"{text}. The same figures are in quality.json."),
        paragraph(
            "How much a column alone tells is the area under its ROC curve for classes (0.5 is chance) and "
            "the size of its correlation for numbers (0 is chance). A category stands for the answer's mean "
            "among its rows, taken over one half of them and judged on the other."
        ),
    ]


def _of(part: int, total: int) -> str:
    return f"{part:,} ({percent(part / total, 2)})" if part else "0"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?')) else '.'}"

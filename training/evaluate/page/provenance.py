"""How the model came about: what it looks at, the trials of its tuning."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from training.report import Block, figure, heading, paragraph, plots, table
from training.report.text import number, parameter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from training.evaluate.evaluation import Evaluation

MOST_COLUMNS = 20


def importance(found: Evaluation) -> list[Block]:
    """Of pictures there is nothing to tell: the name of a feature is a number that says nothing to people."""
    weights: Sequence[Mapping[str, Any]] = found.model_facts.get("importance") or []
    if not weights or found.contract.problem == "image":
        return []
    shown = weights[:MOST_COLUMNS]
    svg = plots.bars(
        [str(w["name"]) for w in shown], [float(w["importance"]) for w in shown], "importance", "importance"
    )
    rest = len(weights) - len(shown)
    said = "The columns that the model's answers rest on most. That does not prove that they are the cause."
    return [heading("What it looks at"), figure(svg, f"{said} {rest} more weigh less." if rest else said)]


def trials(found: Evaluation) -> list[Block]:
    """As the tuning job listed them, in the order in which they began; of very many only the best."""
    tuning: Mapping[str, Any] = found.model_facts.get("trials") or {}
    listed: Sequence[Mapping[str, Any]] = tuning.get("trials") or []
    if not listed:
        return []
    tried = int(tuning.get("tried") or len(listed))
    names = sorted({name for trial in listed for name in trial.get("parameters") or {}})
    metric = str(tuning.get("metric") or "objective")
    rows = [_trial(index, trial, names) for index, trial in enumerate(listed, start=1)]
    head = ["trial", metric, *names, "seconds", "status"]
    said = f"{tried} trials of the {tuning.get('strategy') or 'chosen'} strategy; the one marked went on."
    if tried > len(listed):
        said += f" These are the {len(listed)} best, the best first."
    course = _course(listed, metric) if tried == len(listed) else []
    return [heading("Tuning"), paragraph(said), *course, table(head, rows)]


def best_parameters(tuning: Mapping[str, Any]) -> dict[str, Any]:
    """What the trial that went on had of its own; nothing where there was no tuning."""
    best: Mapping[str, Any] = next((trial for trial in tuning.get("trials") or [] if trial.get("best")), {})
    return dict(best.get("parameters") or {})


def _trial(index: int, trial: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    values = [parameter((trial.get("parameters") or {}).get(name, "")) for name in names]
    mark = "best" if trial.get("best") else str(trial.get("status") or "")
    return [str(index), _number(trial.get("objective")), *values, _seconds(trial), mark]


def _course(listed: Sequence[Mapping[str, Any]], metric: str) -> list[Block]:
    reached = [
        (index, float(trial["objective"]))
        for index, trial in enumerate(listed, start=1)
        if _is_number(trial.get("objective"))
    ]
    if len(reached) < 2:
        return []
    svg = plots.scatter(
        [index for index, _ in reached], [value for _, value in reached], "trials", "trial", metric
    )
    return [figure(svg, "What each trial reached, in the order in which they were made.")]


def _seconds(trial: Mapping[str, Any]) -> str:
    moments = [_moment(trial.get(name)) for name in ("started", "ended")]
    if None in moments:
        return ""
    started, ended = (moment for moment in moments if moment is not None)
    return f"{ended - started:.0f}"


def _moment(value: Any) -> float | None:
    """Services tell times in both ways: as seconds, or as a text."""
    if _is_number(value):
        return float(value)
    try:
        return datetime.fromisoformat(str(value)).timestamp()
    except ValueError:
        return None


def _number(value: Any) -> str:
    return number(float(value)) if _is_number(value) else ""


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)

"""What a model must reach before it is registered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract import metrics, sections
from dropforge.domain.contract.fields import shown
from dropforge.domain.contract.model import Champion, Gate, Slices
from dropforge.domain.contract.parts.section import read_section
from dropforge.domain.contract.problems import nearest_name

if TYPE_CHECKING:
    from dropforge.domain.contract.model import Contract
    from dropforge.domain.contract.problems import Problems

Path = tuple[str, ...]
PATH: Path = ("gate",)


def default_gate(problem: str) -> Gate:
    return Gate(dict(metrics.DEFAULT_GATE.get(problem, {})))


def read_gate(value: object, problem: str, problems: Problems) -> Gate:
    fields = metrics.measured(problem)
    if isinstance(value, Mapping):
        value = _without_others(value, problem, problems)
    read = read_section(PATH, value, fields, problems, also=("champion", "slices"))
    if not isinstance(value, Mapping):
        return default_gate(problem)
    if not value and not problems.under("gate"):
        example = ", ".join(f"{metric}: {limit}" for metric, limit in default_gate(problem).limits.items())
        problems.add(PATH, f"names no metric; give a limit, such as {example}")
    return Gate(
        limits=read or default_gate(problem).limits,
        champion=_read_champion(value["champion"], problem, problems) if "champion" in value else None,
        slices=_read_slices(value["slices"], problem, problems) if "slices" in value else None,
    )


def check_slices(contract: Contract, problems: Problems) -> None:
    slices = contract.gate.slices
    if slices is None or problems.under("gate"):
        return
    categories = [column.name for column in contract.features if column.type == "category"]
    for name in slices.columns:
        if name not in categories:
            problems.add(
                (*PATH, "slices", "columns"),
                f"{shown(name)} is not a category beside the target{nearest_name(name, categories)}",
            )


def _without_others(value: Mapping[Any, Any], problem: str, problems: Problems) -> dict[Any, Any]:
    """Noting each metric that belongs to another problem: it is no typing error, so it is said by name."""
    known = metrics.measured(problem)
    others = [name for name in value if name in metrics.EVERY and name not in known]
    for name in others:
        problems.add((*PATH, name), f"is not measured for a {problem} problem; {', '.join(known)} are")
    return {name: item for name, item in value.items() if name not in others}


def _read_champion(value: object, problem: str, problems: Problems) -> Champion:
    path = (*PATH, "champion")
    read = read_section(path, value, sections.CHAMPION, problems, also=("metric",))
    metric = _read_metric(path, value, problem, metrics.COMPARED, problems)
    return Champion(**read, metric=metric)


def _read_slices(value: object, problem: str, problems: Problems) -> Slices:
    path = (*PATH, "slices")
    read = read_section(path, value, sections.SLICES, problems, also=("metric",))
    if isinstance(value, Mapping) and "columns" not in value:
        problems.add((*path, "columns"), "is missing; name the categories whose values are compared")
    if isinstance(value, Mapping) and problem == metrics.REGRESSION and "margin" not in value:
        problems.add((*path, "margin"), "is missing; say by how much of the metric a group may be worse")
    metric = _read_metric(path, value, problem, metrics.SLICED, problems)
    return Slices(**{"columns": ()} | read, metric=metric)


def _read_metric(
    path: Path, value: object, problem: str, default: Mapping[str, str], problems: Problems
) -> str | None:
    if not isinstance(value, Mapping) or "metric" not in value:
        return default.get(problem)
    known = metrics.measured(problem)
    metric = value["metric"]
    if not isinstance(metric, str) or metric not in known:
        hint = nearest_name(metric, known) if isinstance(metric, str) else ""
        problems.add((*path, "metric"), f"{shown(metric)} is not measured for a {problem} problem{hint}")
        return default.get(problem)
    return metric

"""The search for better parameters; the rules are those of SageMaker's tuning jobs too."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract import algorithms, sections
from dropforge.domain.contract.fields import InvalidError, Number, NumberOrWord, shown
from dropforge.domain.contract.metrics import OBJECTIVES
from dropforge.domain.contract.model import Range, Tuning
from dropforge.domain.contract.parts.section import read_field, read_section
from dropforge.domain.contract.problems import nearest_name

if TYPE_CHECKING:
    from dropforge.domain.contract.fields import Field
    from dropforge.domain.contract.model import Algorithm, Contract
    from dropforge.domain.contract.problems import Problems

Path = tuple[str, ...]
PATH: Path = ("tuning",)
RANGES: Path = ("tuning", "ranges")
MOST_RANGES = 30
MOST_CHOICES = 30
MOST_TRIALS = 750


def read_tuning(value: object, problem: str, algorithm: Algorithm, problems: Problems) -> Tuning | None:
    read = read_section(PATH, value, sections.TUNING, problems, also=("objective", "ranges"))
    if not isinstance(value, Mapping):
        return None
    tuning = Tuning(
        **read,
        ranges=_read_ranges(value.get("ranges"), algorithm, problem, problems),
        objective=_read_objective(value, problem, problems),
    )
    return _counted(tuning, value, problems)


def check_tuning(contract: Contract, problems: Problems) -> None:
    tuning = contract.tuning
    if tuning is None or problems.under("tuning"):
        return
    if contract.split.validation == 0:
        problems.add(
            ("split", "validation"), "is 0, and tuning chooses by the validation part; give it a share"
        )
    if tuning.strategy == "hyperband" and contract.algorithm.name not in algorithms.ON_SEVERAL_HOSTS:
        problems.add(
            (*PATH, "strategy"), "hyperband stops trials between rounds, and only xgboost trains in rounds"
        )
    if tuning.strategy == "hyperband" and tuning.early_stopping:
        problems.add((*PATH, "early_stopping"), "hyperband stops trials by itself; leave it out")
    if tuning.strategy == "grid":
        for name, spread in tuning.ranges.items():
            if not spread.values:
                problems.add((*RANGES, name), "a grid takes values: [...], not min and max")


def _read_objective(value: Mapping[Any, Any], problem: str, problems: Problems) -> str | None:
    known = OBJECTIVES.get(problem)
    if known is None:
        return None
    if "objective" not in value:
        return known[0]
    objective = value["objective"]
    if objective not in known:
        problems.add(
            (*PATH, "objective"),
            f"{shown(objective)} is not measured for a {problem} problem; one of {', '.join(known)} is",
        )
        return known[0]
    return str(objective)


def _read_ranges(value: object, algorithm: Algorithm, problem: str, problems: Problems) -> dict[str, Range]:
    if not isinstance(value, Mapping) or not 1 <= len(value) <= MOST_RANGES:
        problems.add(
            RANGES, f"{shown(value)} is not a mapping of 1 to {MOST_RANGES} parameters to their ranges"
        )
        return {}
    fields = algorithms.parameters_of(algorithm.name, problem)
    free = algorithm.name == algorithms.SCRIPT
    ranges = {}
    for name, spec in value.items():
        path = (*RANGES, str(name)) if isinstance(name, str) else RANGES
        if free and name in algorithm.parameters:
            ranges[name] = _read_range(path, spec, None, problems)
        elif isinstance(name, str) and name in fields:
            ranges[name] = _read_range(path, spec, fields[name], problems)
        else:
            known = algorithm.parameters if free else fields
            hint = nearest_name(name, known) if isinstance(name, str) else ""
            problems.add(path, f"{shown(name)} is not a parameter of {algorithm.name}{hint}")
    return ranges


def _read_range(path: Path, spec: object, field: Field | None, problems: Problems) -> Range:
    read = read_section(path, spec, sections.RANGE, problems, also=("values",))
    if not isinstance(spec, Mapping):
        return Range()
    if "values" in spec:
        if len(spec) > 1:
            problems.add(path, "has values and something else; give values alone, or min and max")
        return Range(values=_read_values((*path, "values"), spec["values"], field, problems))
    spread = Range(**read)
    if "min" not in spec or "max" not in spec:
        problems.add(path, "is missing min and max, or values")
    elif spread.min is not None and spread.max is not None:
        _check_spread(path, spread, field, problems)
    return spread


def _check_spread(path: Path, spread: Range, field: Field | None, problems: Problems) -> None:
    low, high = spread.min or 0, spread.max or 0
    if low >= high:
        problems.add((*path, "min"), f"{low:.15g} is not below max, {high:.15g}")
    if spread.scale == "log" and low <= 0:
        problems.add((*path, "min"), f"{low:.15g} has no logarithm; give one above 0, or scale: linear")
    if field is None:
        return
    number = field.number if isinstance(field, NumberOrWord) else field
    if not isinstance(number, Number):
        problems.add(path, "is a choice of words; give values: [...]")
        return
    for key, limit in (("min", low), ("max", high)):
        read_field((*path, key), limit, number, problems)


def _read_values(
    path: Path, value: object, field: Field | None, problems: Problems
) -> tuple[float | str, ...]:
    if not isinstance(value, (list, tuple)) or not 1 <= len(value) <= MOST_CHOICES:
        problems.add(path, f"{shown(value)} is not a list of 1 to {MOST_CHOICES} values")
        return ()
    read = []
    for item in value:
        try:
            read.append((field or _free(item)).read(item))
        except InvalidError as fault:
            problems.add(path, str(fault))
    if len(set(read)) != len(read):
        problems.add(path, "names a value twice")
    return tuple(read)


def _free(item: object) -> Field:
    return algorithms.SCRIPT_TEXT if isinstance(item, str) else algorithms.SCRIPT_NUMBER


def _counted(tuning: Tuning, value: Mapping[Any, Any], problems: Problems) -> Tuning:
    """A grid has as many trials as it has points; and no more run at once than there are."""
    trials = tuning.trials
    if tuning.strategy == "grid":
        trials = math.prod(max(1, len(spread.values)) for spread in tuning.ranges.values())
        if trials > MOST_TRIALS:
            problems.add(RANGES, f"make a grid of {trials} points; at most {MOST_TRIALS} are allowed")
        elif value.get("trials", trials) != trials:
            problems.add((*PATH, "trials"), f"the grid has {trials} points; leave trials out")
    return replace(tuning, trials=trials, parallel=min(tuning.parallel, trials))

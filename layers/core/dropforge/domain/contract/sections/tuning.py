"""The search for better parameters; the rules are those of SageMaker's tuning jobs too."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract.algorithms import (
    ON_SEVERAL_HOSTS,
    PARAMETER,
    SCRIPT,
    ScriptValue,
    parameters_of,
)
from dropforge.domain.contract.fields import (
    Flag,
    InvalidError,
    Number,
    NumberOrWord,
    Several,
    Value,
    Word,
    shown,
)
from dropforge.domain.contract.metrics import OBJECTIVES
from dropforge.domain.contract.parts import ByName, Part, key
from dropforge.domain.contract.problems import nearest_name
from dropforge.domain.contract.section import Section
from dropforge.domain.contract.sections.gate import MetricOf
from dropforge.domain.reading.cells import LARGEST_NUMBER

if TYPE_CHECKING:
    from dropforge.domain.contract.problems import Problems
    from dropforge.domain.contract.reading import Path, Reading
    from dropforge.domain.contract.whole import Contract

PATH: Path = ("tuning",)
RANGES: Path = ("tuning", "ranges")
MOST_TRIALS = 750


class Choice(Value):
    """Whatever it is, for now: `finish_range` reads it as the parameter whose choice it is."""

    def read(self, value: object) -> Any:
        if value is None:
            raise InvalidError("nothing is not a value")
        return value

    def shape(self) -> dict[str, Any]:
        return {"type": ["string", "number"]}


@dataclass(frozen=True)
class Range:
    """From `min` to `max`, or one of `values`."""

    min: float | None = key(
        Number(-LARGEST_NUMBER, LARGEST_NUMBER, about="The smallest value that is tried.")
    )
    max: float | None = key(Number(-LARGEST_NUMBER, LARGEST_NUMBER, about="The largest value that is tried."))
    scale: str = key(
        Word(("linear", "log"), default="linear", about="log: as many trials below 0.1 as above.")
    )
    values: tuple[float | str, ...] = key(
        Several(
            Choice(),
            30,
            least=1,
            default=(),
            about="The values to choose from, instead of min and max.",
        )
    )


class RangePart(Part):
    def plain(self, value: Range) -> dict[str, Any]:
        """What is chosen from values has no scale."""
        said: dict[str, Any] = super().plain(value)
        return {"values": said["values"]} if value.values else said


def finish_range(spread: Range, given: Mapping[str, Any], reading: Reading) -> Range:
    """The parameter is one of the contract's algorithm, within its own limits; a script's have none."""
    name, algorithm = reading.path[-1], reading.section("algorithm")
    fields = {} if algorithm.name == SCRIPT else parameters_of(algorithm.name, reading.problem)
    known = fields or algorithm.parameters
    if name not in known:
        reading.fault(f"{shown(name)} is not a parameter of {algorithm.name}{nearest_name(name, known)}")
        return spread
    if "values" in given:
        return _chosen(spread, given, fields.get(name, ScriptValue()), reading)
    if "min" not in given or "max" not in given:
        reading.fault("is missing min and max, or values")
    elif spread.min is not None and spread.max is not None:
        _check_limits(spread.min, spread.max, fields.get(name), reading)
        if spread.scale == "log" and spread.min <= 0:
            said = f"{spread.min:.15g} has no logarithm; give one above 0, or scale: linear"
            reading.below("min").fault(said)
    return spread


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """`objective` is a metric of the validation part; reading fills it in."""

    strategy: str = key(
        Word(
            ("bayesian", "random", "grid", "hyperband"),
            default="bayesian",
            about="How the next trial is chosen.",
        )
    )
    trials: int = key(
        Number(1, MOST_TRIALS, whole=True, default=20, about="How many trials; a grid has as many as points.")
    )
    parallel: int = key(Number(1, 100, whole=True, default=2, about="How many trials at once."))
    early_stopping: bool = key(Flag(default=False, about="Whether a trial that falls behind is stopped."))
    objective: str | None = key(
        MetricOf(
            OBJECTIVES,
            {problem: names[0] for problem, names in OBJECTIVES.items()},
            about="The metric of the validation part to improve.",
            otherwise="auc, logloss or rmse",
        )
    )
    ranges: Mapping[str, Range] = key(
        ByName(
            PARAMETER,
            RangePart(Range, finish=finish_range, terse=True),
            "parameters to their ranges",
            most=30,
            least=1,
            default={},
            missing="is missing; name the parameters that are searched, each with min and max, or values",
            about="The parameters that are searched, each with min and max, or values.",
        )
    )


def finish_tuning(tuning: Tuning, given: Mapping[str, Any], reading: Reading) -> Tuning:
    """A grid has as many trials as it has points; and no more run at once than there are."""
    trials = tuning.trials
    if tuning.strategy == "grid":
        trials = math.prod(max(1, len(spread.values)) for spread in tuning.ranges.values())
        if trials > MOST_TRIALS:
            said = f"make a grid of {trials} points; at most {MOST_TRIALS} are allowed"
            reading.below("ranges").fault(said)
        elif given.get("trials", trials) != trials:
            reading.below("trials").fault(f"the grid has {trials} points; leave trials out")
    return replace(tuning, trials=trials, parallel=min(tuning.parallel, trials))


def check_tuning(contract: Contract, problems: Problems) -> None:
    tuning = contract.tuning
    if tuning is None or problems.under("tuning"):
        return
    if contract.split.validation == 0:
        problems.add(
            ("split", "validation"), "is 0, and tuning chooses by the validation part; give it a share"
        )
    if tuning.strategy == "hyperband" and contract.algorithm.name not in ON_SEVERAL_HOSTS:
        problems.add(
            (*PATH, "strategy"), "hyperband stops trials between rounds, and only xgboost trains in rounds"
        )
    if tuning.strategy == "hyperband" and tuning.early_stopping:
        problems.add((*PATH, "early_stopping"), "hyperband stops trials by itself; leave it out")
    if tuning.strategy == "grid":
        for name, spread in tuning.ranges.items():
            if not spread.values:
                problems.add((*RANGES, name), "a grid takes values: [...], not min and max")


def _chosen(spread: Range, given: Mapping[str, Any], field: Value, reading: Reading) -> Range:
    if len(given) > 1:
        reading.fault("has values and something else; give values alone, or min and max")
    read = (field.take(value, reading.below("values")) for value in spread.values)
    return Range(values=tuple(value for value in read if value is not None))


def _check_limits(low: float, high: float, field: Value | None, reading: Reading) -> None:
    if low >= high:
        reading.below("min").fault(f"{low:.15g} is not below max, {high:.15g}")
    number = field.number if isinstance(field, NumberOrWord) else field
    if isinstance(number, Number):
        number.take(low, reading.below("min"))
        number.take(high, reading.below("max"))
    elif number is not None:
        reading.fault("is a choice of words; give values: [...]")


TUNING = Section(
    holds=Part(
        Tuning,
        finish=finish_tuning,
        optional=True,
        about="The search for better parameters; without it, there is none.",
    ),
    settable=True,
    check=check_tuning,
    details="""\
Trials train on the training part and are compared by `objective` on the validation part; the best goes on to
evaluation. A parameter has `min` and `max`, or `values` to choose from; a grid has values only. Without
`objective` it is auc (binary), logloss (other classes) or rmse.""",
    example="""
tuning:
  strategy: bayesian
  trials: 12
  parallel: 3
  ranges:
    max_depth: {min: 2, max: 8}
    eta: {min: 0.01, max: 0.3, scale: log}
""",
)

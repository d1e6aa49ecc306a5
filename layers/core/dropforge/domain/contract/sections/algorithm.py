"""What learns, and its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract.algorithms import (
    ABOUT,
    ALGORITHMS,
    DEFAULT,
    ON_SEVERAL_HOSTS,
    PARAMETER,
    SCRIPT,
    SOLVES,
    ScriptValue,
    parameters_of,
)
from dropforge.domain.contract.fields import Field, Text, Word
from dropforge.domain.contract.metrics import PROBLEMS
from dropforge.domain.contract.parts import ByName, Part, key
from dropforge.domain.contract.section import KEY, Section, Table

if TYPE_CHECKING:
    from dropforge.domain.contract.problems import Problems
    from dropforge.domain.contract.reading import Path, Reading
    from dropforge.domain.contract.whole import Contract

PATH: Path = ("algorithm",)
FREE = ByName(
    PARAMETER,
    ScriptValue(),
    "names to numbers and texts",
    most=50,
    default={},
)
ENTRY = Text(
    r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}\.py",
    "a Python file's name such as train.py",
    about="The file that a script starts with; it lies beside the contract in S3.",
)


class Parameters(Field):
    """Those of the algorithm that is named beside them: `AlgorithmPart` reads them by its name."""

    def take(self, value: object, reading: Reading) -> Mapping[str, float | str]:
        return _parameters(DEFAULT, value, reading)

    def shape(self) -> dict[str, Any]:
        return {"type": "object"}

    def plain(self, value: Any) -> dict[str, float | str]:
        return dict(value)


@dataclass(frozen=True)
class Algorithm:
    """`entry` is the file that a script starts with; the other algorithms have none."""

    name: str = key(Word(tuple(ALGORITHMS), default=DEFAULT, about="What learns."))
    parameters: Mapping[str, float | str] = key(Parameters(default={}))
    entry: str | None = key(ENTRY)

    def hyperparameters(self) -> dict[str, str]:
        """As SageMaker passes them: every value a text."""
        return {
            name: value if isinstance(value, str) else f"{value:.15g}"
            for name, value in self.parameters.items()
        }


class AlgorithmPart(Part):
    """Which parameters there are depends on the name, and only a script has an entry."""

    _apart = frozenset({"name", "parameters", "entry"})

    def take(self, value: object, reading: Reading) -> Algorithm:
        given = reading.known_keys(value, self.keys)
        name = self.keys["name"].take(given.get("name", DEFAULT), reading.below("name"))
        parameters = _parameters(name, given.get("parameters", {}), reading.below("parameters"))
        entry = _entry(name, given, reading.below("entry"))
        others = self.read(given, reading, self._apart)
        return Algorithm(name=name, parameters=parameters, entry=entry, **others)

    def shape(self) -> dict[str, Any]:
        return super().shape() | {"allOf": [_shape_of(name) for name in ALGORITHMS]}


def check_algorithm(contract: Contract, problems: Problems) -> None:
    name, problem = contract.algorithm.name, contract.problem
    if problem in PROBLEMS and problem not in SOLVES[name]:
        solving = ", ".join(other for other, solved in SOLVES.items() if problem in solved)
        problems.add((*PATH, "name"), f"{name} does not solve {problem} problems; {solving} do")
    if contract.resources.instances > 1 and name not in ON_SEVERAL_HOSTS:
        allowed = ", ".join(ON_SEVERAL_HOSTS)
        problems.add(("resources", "instances"), f"{name} trains on one host; on several only {allowed} does")
    given = contract.algorithm.parameters
    if given.get("class_weight") == "balanced" and given.get("scale_pos_weight", 1) != 1:
        said = "class_weight balances the classes already; leave one of the two out"
        problems.add((*PATH, "parameters", "scale_pos_weight"), said)


def _entry(name: str, given: Mapping[str, Any], reading: Reading) -> Any:
    if name != SCRIPT and "entry" in given:
        reading.fault(f"only a script has one, not {name}")
    elif name == SCRIPT and "entry" not in given:
        reading.fault("is missing; name the file that the script starts with")
    elif name == SCRIPT:
        return ENTRY.take(given["entry"], reading)
    return None


def _parameters(name: str, value: object, reading: Reading) -> Mapping[str, float | str]:
    if name == SCRIPT:
        read: dict[str, float | str] = FREE.take(value, reading)
        return read
    fields = parameters_of(name, reading.problem)
    elsewhere = set(ALGORITHMS[name]) - set(fields)
    if isinstance(value, Mapping):
        for parameter in sorted(elsewhere & set(value)):
            reading.below(parameter).fault(f"makes no sense for a {reading.problem} problem")
        value = {each: item for each, item in value.items() if each not in elsewhere}
    given = reading.known_keys(value, fields)
    return {
        each: field.take(given[each], reading.below(each)) if each in given else field.default
        for each, field in fields.items()
    }


def _shape_of(name: str) -> dict[str, Any]:
    """What else holds where the contract names this algorithm."""
    condition: dict[str, Any] = {"properties": {"name": {"const": name}}}
    if name != DEFAULT:
        condition["required"] = ["name"]
    if name == SCRIPT:
        return {"if": condition, "then": {"properties": {"parameters": FREE.shape()}, "required": ["entry"]}}
    fields = {each: field.schema() for each, field in ALGORITHMS[name].items()}
    parameters = {"type": "object", "additionalProperties": False, "properties": fields}
    return {"if": condition, "then": {"properties": {"parameters": parameters, "entry": False}}}


def _tables() -> tuple[Table, ...]:
    whole = {name: each for name, each in HOLDS.keys.items() if not isinstance(each, Parameters)}
    return (Table(whole), *(_table_of(name) for name in ALGORITHMS))


def _table_of(name: str) -> Table:
    solved = "every problem" if SOLVES[name] == PROBLEMS else ", ".join(SOLVES[name])
    return Table(
        ALGORITHMS[name], head=("parameter", *KEY[1:]), title=name, text=f"For {solved}. {ABOUT[name]}"
    )


HOLDS = AlgorithmPart(Algorithm, about="What learns, and its parameters.")
ALGORITHM = Section(
    holds=HOLDS,
    settable=True,
    check=check_algorithm,
    tables=_tables(),
    example="""
algorithm: {name: xgboost, parameters: {max_depth: 4, eta: 0.05, rounds: 500}}
""",
)

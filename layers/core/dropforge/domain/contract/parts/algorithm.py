"""What learns, and its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract import algorithms
from dropforge.domain.contract.fields import InvalidError, shown
from dropforge.domain.contract.metrics import PROBLEMS
from dropforge.domain.contract.model import Algorithm
from dropforge.domain.contract.parts.section import read_field, read_section

if TYPE_CHECKING:
    from dropforge.domain.contract.model import Contract
    from dropforge.domain.contract.problems import Problems

PATH = ("algorithm",)


def read_algorithm(value: object, problem: str, problems: Problems) -> Algorithm:
    given = problems.mapping(PATH, value, ("name", "parameters", "entry"))
    name = _read_name(given, problems)
    path, parameters = (*PATH, "parameters"), given.get("parameters", {})
    if name == algorithms.SCRIPT:
        return Algorithm(name, _read_free(path, parameters, problems), _read_entry(given, problems))
    if "entry" in given:
        problems.add((*PATH, "entry"), f"only a script has one, not {name}")
    fields = algorithms.parameters_of(name, problem)
    if isinstance(parameters, Mapping):
        elsewhere = (set(algorithms.ALGORITHMS[name]) - set(fields)) & set(parameters)
        for parameter in sorted(elsewhere):
            problems.add((*path, parameter), f"makes no sense for a {problem} problem")
        parameters = {key: item for key, item in parameters.items() if key not in elsewhere}
    return Algorithm(name, read_section(path, parameters, fields, problems))


def check_algorithm(contract: Contract, problems: Problems) -> None:
    name, problem = contract.algorithm.name, contract.problem
    if problem in PROBLEMS and problem not in algorithms.SOLVES[name]:
        fitting = ", ".join(other for other, solved in algorithms.SOLVES.items() if problem in solved)
        problems.add((*PATH, "name"), f"{name} does not solve {problem} problems; {fitting} do")
    if contract.resources.instances > 1 and name not in algorithms.ON_SEVERAL_HOSTS:
        allowed = ", ".join(algorithms.ON_SEVERAL_HOSTS)
        problems.add(("resources", "instances"), f"{name} trains on one host; on several only {allowed} does")
    given = contract.algorithm.parameters
    if given.get("class_weight") == "balanced" and given.get("scale_pos_weight", 1) != 1:
        said = "class_weight balances the classes already; leave one of the two out"
        problems.add((*PATH, "parameters", "scale_pos_weight"), said)


def _read_name(given: Mapping[str, Any], problems: Problems) -> str:
    field = algorithms.NAME
    return str(read_field((*PATH, "name"), given.get("name", field.default), field, problems))


def _read_entry(given: Mapping[str, Any], problems: Problems) -> str | None:
    if "entry" not in given:
        problems.add((*PATH, "entry"), "is missing; name the file that the script starts with")
        return None
    entry: str | None = read_field((*PATH, "entry"), given["entry"], algorithms.ENTRY, problems)
    return entry


def _read_free(path: tuple[str, ...], value: object, problems: Problems) -> dict[str, float | str]:
    """A script's parameters are its own: any name, a number or a text."""
    if not isinstance(value, Mapping):
        problems.add(path, f"{shown(value)} is not a mapping of names to numbers and texts")
        return {}
    if len(value) > algorithms.MOST_SCRIPT_PARAMETERS:
        problems.add(path, f"has {len(value)}; at most {algorithms.MOST_SCRIPT_PARAMETERS} are allowed")
        return {}
    read: dict[str, float | str] = {}
    for name, item in value.items():
        field = algorithms.SCRIPT_TEXT if isinstance(item, str) else algorithms.SCRIPT_NUMBER
        try:
            known = algorithms.SCRIPT_PARAMETER.read(name)
        except InvalidError as fault:
            problems.add(path, str(fault))
            continue
        read[known] = read_field((*path, known), item, field, problems)
    return read

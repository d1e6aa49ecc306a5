"""A mapping, as read from YAML or JSON by anyone, → Contract, or every problem at once.

Reading goes on after a fault: a part with a fault is read as its defaults, and the rules that span parts are
asked only of what could be read. So one upload shows all there is to mend.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dropforge.domain.contract import sections
from dropforge.domain.contract.errors import ContractError, Problem
from dropforge.domain.contract.fields import Field, InvalidError, shown
from dropforge.domain.contract.model import (
    Algorithm,
    Contract,
    Gate,
    Quality,
    Reader,
    Resources,
    Serving,
    Split,
    positive_class,
)
from dropforge.domain.contract.parse_columns import read_columns, read_drop, read_value
from dropforge.domain.contract.problems import Problems, nearest_name

ROUNDING = 1e-6


def parse_contract(document: object) -> Contract:
    """The contract that a mapping spells, or ContractError with every problem in it."""
    problems = Problems()
    if not isinstance(document, Mapping):
        raise ContractError([Problem((), f"a contract is a mapping, not {shown(document)}")])
    names = problems.known_keys((), document, sections.TOP)
    for name in sections.REQUIRED:
        if name not in names:
            problems.add((name,), "is missing")
    contract = _read(names, problems)
    _check_across(contract, names, problems)
    problems.raise_any()
    return contract


def _read(names: Mapping[str, Any], problems: Problems) -> Contract:
    def part(name: str, fields: sections.Fields) -> dict[str, Any]:
        return read_section((name,), names.get(name, {}), fields, problems)

    gate = part("gate", sections.GATE) if "gate" in names else dict(sections.DEFAULT_GATE)
    return Contract(
        usecase=_one("usecase", names, sections.USECASE, problems) or "",
        problem=_one("problem", names, sections.PROBLEM, problems) or "",
        target=_one("target", names, sections.NAME, problems) or "",
        positive=read_value(("positive",), names["positive"], problems) if "positive" in names else None,
        columns=read_columns(names.get("columns"), problems) if "columns" in names else (),
        drop=read_drop(names.get("drop", {}), problems),
        reader=Reader(**part("reader", sections.READER)),
        quality=Quality(**part("quality", sections.QUALITY)),
        split=Split(**part("split", sections.SPLIT)),
        algorithm=_read_algorithm(names.get("algorithm", {}), problems),
        gate=Gate(gate),
        confidence=_one("confidence", names, sections.CONFIDENCE, problems),
        serving=Serving(**part("serving", sections.SERVING)),
        resources=Resources(**part("resources", sections.RESOURCES)),
        owners=_one("owners", names, sections.OWNERS, problems),
    )


def read_section(
    path: tuple[str, ...], value: object, fields: sections.Fields, problems: Problems
) -> dict[str, Any]:
    """Each field of a section: its value, or its default; absent ones without a default are left out."""
    given = problems.mapping(path, value, fields)
    read: dict[str, Any] = {}
    for name, field in fields.items():
        if name in given:
            read[name] = _field((*path, name), given[name], field, problems)
        elif field.default is not None:
            read[name] = field.default
    return read


def _one(name: str, names: Mapping[str, Any], field: Field, problems: Problems) -> Any:
    return _field((name,), names[name], field, problems) if name in names else field.default


def _field(path: tuple[str, ...], value: object, field: Field, problems: Problems) -> Any:
    try:
        return field.read(value)
    except InvalidError as fault:
        problems.add(path, str(fault))
        return field.default


def _read_algorithm(value: object, problems: Problems) -> Algorithm:
    path = ("algorithm",)
    given = problems.mapping(path, value, ("name", "parameters"))
    name = _one_of(path, given, problems)
    fields = sections.ALGORITHMS[name]
    return Algorithm(name, read_section((*path, "parameters"), given.get("parameters", {}), fields, problems))


def _one_of(path: tuple[str, ...], given: Mapping[str, Any], problems: Problems) -> str:
    field = sections.ALGORITHM_NAME
    return str(_field((*path, "name"), given["name"], field, problems) if "name" in given else field.default)


def _check_across(contract: Contract, names: Mapping[str, Any], problems: Problems) -> None:
    _check_target(contract, problems)
    _check_gate(names, contract, problems)
    for name in sorted({column.name for column in contract.columns} & set(contract.drop)):
        problems.add(("drop", name), "is listed under columns as well; keep one of the two")
    total = contract.split.train + contract.split.validation + contract.split.test
    if abs(total - 1) > ROUNDING and not problems.under("split"):
        problems.add(("split",), f"train, validation and test add up to {total:.6g}, not 1")


def _check_gate(names: Mapping[str, Any], contract: Contract, problems: Problems) -> None:
    if "gate" in names and not contract.gate.limits and not problems.under("gate"):
        problems.add(("gate",), f"names no metric; give a minimum, such as {_example(sections.DEFAULT_GATE)}")


def _example(gate: Mapping[str, float]) -> str:
    return ", ".join(f"{metric}: {limit}" for metric, limit in gate.items())


def _check_target(contract: Contract, problems: Problems) -> None:
    if not contract.target or not contract.columns or problems.under("columns"):
        return
    named = {column.name: column for column in contract.columns}
    if contract.target in contract.drop:
        problems.add(("drop", contract.target), "is the target; it cannot be dropped")
    if contract.target not in named:
        nearest = nearest_name(contract.target, named)
        problems.add(("target",), f"{shown(contract.target)} is not one of the columns{nearest}")
        return
    target = named[contract.target]
    if target.type != "category":
        problems.add(
            ("columns", target.name), f"the target of a binary problem is a category, not {target.type!r}"
        )
    elif target.values:
        _check_classes(contract, target.values, problems)
    if not contract.features:
        problems.add(("columns",), "no column beside the target is an integer, a number or a category")


def _check_classes(contract: Contract, classes: tuple[str, ...], problems: Problems) -> None:
    if len(classes) != 2:
        problems.add(
            ("columns", contract.target, "values"), f"a binary problem has 2 classes, not {len(classes)}"
        )
    elif contract.positive is not None and contract.positive not in classes:
        problems.add(("positive",), f"{shown(contract.positive)} is not one of the target's values")
    elif positive_class(contract.positive, classes) is None:
        problems.add(("positive",), f"is missing: say which of {classes[0]!r} and {classes[1]!r} it is")

"""A mapping, as read from YAML or JSON by anyone, → Contract, or every problem at once.

Reading goes on after a fault: a part with a fault is read as its defaults, and the rules that span parts are
asked only of what could be read. So one upload shows all there is to mend.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dropforge.domain.contract import sections
from dropforge.domain.contract.errors import ContractError, Problem
from dropforge.domain.contract.fields import Field, shown
from dropforge.domain.contract.metrics import IMAGE, REGRESSION
from dropforge.domain.contract.model import (
    Contract,
    Image,
    Quality,
    Reader,
    Resample,
    Resources,
    Serving,
    Split,
)
from dropforge.domain.contract.parts.algorithm import check_algorithm, read_algorithm
from dropforge.domain.contract.parts.belonging import check_belonging, required
from dropforge.domain.contract.parts.columns import read_columns, read_drop, read_value
from dropforge.domain.contract.parts.gate import check_slices, default_gate, read_gate
from dropforge.domain.contract.parts.rules import check_rules, read_rules
from dropforge.domain.contract.parts.section import read_field, read_section
from dropforge.domain.contract.parts.split import check_split
from dropforge.domain.contract.parts.target import check_target
from dropforge.domain.contract.parts.transform import check_transform, read_transform
from dropforge.domain.contract.parts.tuning import check_tuning, read_tuning
from dropforge.domain.contract.problems import Problems


def parse_contract(document: object) -> Contract:
    """The contract that a mapping spells, or ContractError with every problem in it."""
    problems = Problems()
    if not isinstance(document, Mapping):
        raise ContractError([Problem((), f"a contract is a mapping, not {shown(document)}")])
    given = problems.known_keys((), document, sections.TOP)
    for name in required(given.get("problem")):
        if name not in given:
            problems.add((name,), "is missing")
    contract = _read(given, problems)
    _check(contract, given, problems)
    problems.raise_any()
    return contract


def _read(given: Mapping[str, Any], problems: Problems) -> Contract:
    def part(name: str, fields: sections.Fields) -> dict[str, Any]:
        return read_section((name,), given.get(name, {}), fields, problems)

    def one(name: str, field: Field) -> Any:
        return read_field((name,), given[name], field, problems) if name in given else field.default

    problem = one("problem", sections.PROBLEM) or ""
    algorithm = read_algorithm(given.get("algorithm", {}), problem, problems)
    return Contract(
        usecase=one("usecase", sections.USECASE) or "",
        problem=problem,
        target=one("target", sections.NAME) or (sections.IMAGE_TARGET if problem == IMAGE else ""),
        positive=read_value(("positive",), given["positive"], problems) if "positive" in given else None,
        classes=one("classes", sections.CLASS_NAMES),
        columns=read_columns(given["columns"], problems) if "columns" in given else (),
        drop=read_drop(given.get("drop", {}), problems),
        reader=_reader(part("reader", sections.READER), problem),
        image=Image(**part("image", sections.IMAGE)) if problem == IMAGE else None,
        rules=read_rules(given.get("rules", {}), problems),
        quality=Quality(**part("quality", sections.QUALITY)),
        split=Split(**part("split", sections.SPLIT)),
        resample=Resample(**part("resample", sections.RESAMPLE)),
        transform=read_transform(given.get("transform", {}), algorithm.name, problems),
        algorithm=algorithm,
        tuning=read_tuning(given["tuning"], problem, algorithm, problems) if "tuning" in given else None,
        gate=read_gate(given["gate"], problem, problems) if "gate" in given else default_gate(problem),
        confidence=0.0 if problem == REGRESSION else one("confidence", sections.CONFIDENCE),
        serving=Serving(**part("serving", sections.SERVING)),
        resources=Resources(**part("resources", sections.RESOURCES)),
        owners=one("owners", sections.OWNERS),
    )


def _reader(read: dict[str, Any], problem: str) -> Reader:
    images = problem == IMAGE and read["format"] == "auto"
    return Reader(**read | ({"format": "images"} if images else {}))


def _check(contract: Contract, given: Mapping[str, Any], problems: Problems) -> None:
    check_belonging(contract, given, problems)
    check_target(contract, problems)
    for name in sorted({column.name for column in contract.columns} & set(contract.drop)):
        problems.add(("drop", name), "is listed under columns as well; keep one of the two")
    if contract.reader.decimal == contract.reader.delimiter:
        problems.add(
            ("reader", "decimal"), "',' parts the cells already; name another delimiter, such as ';'"
        )
    check_split(contract, problems)
    check_algorithm(contract, problems)
    check_tuning(contract, problems)
    check_slices(contract, problems)
    if not problems.under("columns"):
        check_rules(contract, problems)
        check_transform(contract, problems)

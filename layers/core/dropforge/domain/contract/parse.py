"""A mapping, as read from YAML or JSON by anyone, → Contract, or every problem at once.

Reading goes on after a fault: a key with a fault is read as its default, and the rules that span sections are
asked only of what could be read. So one upload shows all there is to mend.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dropforge.domain.contract.errors import ContractError, Problem
from dropforge.domain.contract.fields import shown
from dropforge.domain.contract.metrics import PROBLEMS
from dropforge.domain.contract.problems import Problems
from dropforge.domain.contract.reading import Reading
from dropforge.domain.contract.whole import SECTIONS, Contract


def parse_contract(document: object) -> Contract:
    """The contract that a mapping spells, or ContractError with every problem in it."""
    problems = Problems()
    if not isinstance(document, Mapping):
        raise ContractError([Problem((), f"a contract is a mapping, not {shown(document)}")])
    given = problems.known_keys((), document, SECTIONS)
    read = _Document(given, problems)
    contract = Contract(**{name: read.section(name) for name in SECTIONS})
    _check_belonging(contract.problem, given, problems)
    for section in SECTIONS.values():
        if section.check:
            section.check(contract, problems)
    problems.raise_any()
    return contract


class _Document:
    """Reads each section once, when it is asked for: so one that depends on another asks for that one."""

    def __init__(self, given: Mapping[str, Any], problems: Problems) -> None:
        self._given = given
        self._problems = problems
        self._read: dict[str, Any] = {}

    def section(self, name: str) -> Any:
        if name not in self._read:
            reading = Reading((name,), self._problems, self.section)
            holds = SECTIONS[name].holds
            self._read[name] = (
                holds.take(self._given[name], reading) if name in self._given else holds.absent(reading)
            )
        return self._read[name]


def _check_belonging(problem: str, given: Mapping[str, Any], problems: Problems) -> None:
    """Keys that the contract's problem needs, and those that it does not have."""
    for name, section in SECTIONS.items():
        if name not in given and section.is_needed(problem):
            problems.add((name,), "is missing")
        if name in given and problem in PROBLEMS and problem not in section.problems:
            problems.add((name,), section.why_not(problem))

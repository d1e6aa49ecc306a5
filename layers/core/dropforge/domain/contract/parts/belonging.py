"""Keys that belong to some problems only: a table has columns, pictures have a size, classes a confidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract import sections
from dropforge.domain.contract.metrics import BINARY, IMAGE, PROBLEMS, REGRESSION

if TYPE_CHECKING:
    from dropforge.domain.contract.model import Contract
    from dropforge.domain.contract.problems import Problems


def required(problem: object) -> tuple[str, ...]:
    """Pictures say by their folders what they show."""
    return ("usecase", "problem") if problem == IMAGE else sections.REQUIRED


def check_belonging(contract: Contract, given: Mapping[str, Any], problems: Problems) -> None:
    problem = contract.problem
    if problem not in PROBLEMS:
        return
    if problem == IMAGE:
        _refuse(sections.OF_TABLES, "pictures have none; the folders are the classes", given, problems)
        _check_image(contract, problems)
    else:
        _refuse(sections.OF_IMAGES, f"only an image problem has it, not {problem}", given, problems)
    if problem == REGRESSION:
        _refuse(("confidence",), "only classes are answered with one, not numbers", given, problems)
    if problem not in (BINARY, IMAGE):
        _refuse(("positive",), f"only a binary problem has it, not {problem}", given, problems)
    if not contract.classifies and contract.resample.method != "none":
        problems.add(("resample", "method"), "only classes are balanced, not numbers")
    if problem != IMAGE and contract.reader.format == "images":
        problems.add(("reader", "format"), f"only an image problem reads images, not {problem}")


def _check_image(contract: Contract, problems: Problems) -> None:
    if contract.reader.format not in ("auto", "images"):
        problems.add(("reader", "format"), f"an image problem reads images, not {contract.reader.format}")
    if contract.transform.columns:
        problems.add(("transform", "columns"), "pictures have none")
    if contract.split.by != "random":
        problems.add(("split", "by"), "pictures are split at random, or by their folders")


def _refuse(names: tuple[str, ...], why: str, given: Mapping[str, Any], problems: Problems) -> None:
    for name in names:
        if name in given:
            problems.add((name,), why)

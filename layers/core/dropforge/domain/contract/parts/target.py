"""What is predicted, and what must be there to predict it from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.domain.contract.fields import shown
from dropforge.domain.contract.metrics import BINARY, IMAGE, PROBLEMS, REGRESSION
from dropforge.domain.contract.model import NUMERIC, positive_class
from dropforge.domain.contract.problems import nearest_name

if TYPE_CHECKING:
    from dropforge.domain.contract.model import Column, Contract
    from dropforge.domain.contract.problems import Problems


def check_target(contract: Contract, problems: Problems) -> None:
    if contract.problem == IMAGE or not contract.target or not contract.columns or problems.under("columns"):
        return
    named = {column.name: column for column in contract.columns}
    if contract.target in contract.drop:
        problems.add(("drop", contract.target), "is the target; it cannot be dropped")
    if contract.target not in named:
        nearest = nearest_name(contract.target, named)
        problems.add(("target",), f"{shown(contract.target)} is not one of the columns{nearest}")
        return
    _check_type(contract, named[contract.target], problems)
    if not contract.features:
        problems.add(("columns",), "no column beside the target is an integer, a number or a category")


def _check_type(contract: Contract, target: Column, problems: Problems) -> None:
    if contract.problem == REGRESSION and target.type not in NUMERIC:
        said = f"the target of a regression problem is an integer or a number, not {target.type!r}"
        problems.add(("columns", target.name), said)
    elif contract.problem in PROBLEMS and contract.problem != REGRESSION:
        _check_category(contract, target, problems)


def _check_category(contract: Contract, target: Column, problems: Problems) -> None:
    if target.type != "category":
        said = f"the target of a {contract.problem} problem is a category, not {target.type!r}"
        problems.add(("columns", target.name), said)
    elif contract.problem == BINARY and target.values:
        _check_two(contract, target.values, problems)
    elif len(target.values) == 1:
        problems.add(("columns", target.name, "values"), "a multiclass problem has 2 classes or more, not 1")


def _check_two(contract: Contract, classes: tuple[str, ...], problems: Problems) -> None:
    if len(classes) != 2:
        problems.add(
            ("columns", contract.target, "values"), f"a binary problem has 2 classes, not {len(classes)}"
        )
    elif contract.positive is not None and contract.positive not in classes:
        problems.add(("positive",), f"{shown(contract.positive)} is not one of the target's values")
    elif positive_class(contract.positive, classes) is None:
        problems.add(("positive",), f"is missing: say which of {classes[0]!r} and {classes[1]!r} it is")

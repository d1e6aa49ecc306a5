"""How the rows are divided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.domain.contract.algorithms import NEEDS_NO_VALIDATION
from dropforge.domain.contract.fields import shown
from dropforge.domain.contract.model import NUMERIC
from dropforge.domain.contract.problems import nearest_name

if TYPE_CHECKING:
    from dropforge.domain.contract.model import Contract
    from dropforge.domain.contract.problems import Problems

ROUNDING = 1e-6


def check_split(contract: Contract, problems: Problems) -> None:
    if problems.under("split"):
        return
    split = contract.split
    total = split.train + split.validation + split.test
    if abs(total - 1) > ROUNDING:
        problems.add(("split",), f"train, validation and test add up to {total:.6g}, not 1")
    if split.validation == 0 and contract.algorithm.name not in NEEDS_NO_VALIDATION:
        problems.add(("split", "validation"), f"is 0, and {contract.algorithm.name} needs rows to stop by")
    if split.stratify and not contract.classifies:
        problems.add(("split", "stratify"), "only classes are stratified, not numbers")
    elif split.stratify and split.by != "random":
        problems.add(("split", "stratify"), f"a split by {split.by} cannot be stratified")
    _check_column(contract, problems)


def _check_column(contract: Contract, problems: Problems) -> None:
    by, name, path = contract.split.by, contract.split.column, ("split", "column")
    columns = {column.name: column for column in contract.columns}
    if by == "random" and name is not None:
        problems.add(path, "a random split has none; give by: time or by: group")
    elif by != "random" and name is None:
        problems.add(path, f"is missing: name the column of the {by}")
    elif name is not None and name not in columns:
        problems.add(path, f"{shown(name)} is not one of the columns{nearest_name(name, columns)}")
    elif name is not None and by == "time" and columns[name].type not in (*NUMERIC, "date"):
        problems.add(path, f"{shown(name)} is no date and no number, so it has no order in time")
    elif name is not None and name == contract.target:
        problems.add(path, "is the target; split by another column")

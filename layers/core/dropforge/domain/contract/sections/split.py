"""How the rows are divided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dropforge.domain.contract.algorithms import NEEDS_NO_VALIDATION
from dropforge.domain.contract.fields import Flag, Number, Text, Word, shown
from dropforge.domain.contract.metrics import IMAGE
from dropforge.domain.contract.parts import Part, key
from dropforge.domain.contract.problems import nearest_name
from dropforge.domain.contract.section import Section
from dropforge.domain.contract.sections.columns import NAME, NUMERIC

if TYPE_CHECKING:
    from dropforge.domain.contract.problems import Problems
    from dropforge.domain.contract.whole import Contract

ROUNDING = 1e-6


@dataclass(frozen=True)
class Split:
    """`seed` None: from the drop's digest. `stratify` None: for classes, where the split is random."""

    train: float = key(Number(0.05, 0.95, default=0.7, about="The share that is trained on."))
    validation: float = key(
        Number(0, 0.9, default=0.15, about="The share by which training stops and is tuned.")
    )
    test: float = key(
        Number(0.05, 0.9, default=0.15, about="The share that the gate looks at, and nothing else.")
    )
    seed: int | None = key(
        Number(
            0,
            2**31 - 1,
            whole=True,
            about="The seed of the shuffle; without it, the drop's digest.",
            otherwise="from the drop's digest",
        )
    )
    by: str = key(
        Word(
            ("random", "time", "group"),
            default="random",
            about="time: the newest rows are the test; group: rows of a group stay together.",
        )
    )
    column: str | None = key(
        Text(NAME.pattern, NAME.rule, about="The column of the time or of the group.", allowed="a column")
    )
    stratify: bool | None = key(
        Flag(
            about="Whether each part has the same share of each class; yes for classes.",
            otherwise="`true` for classes",
        )
    )


def check_split(contract: Contract, problems: Problems) -> None:
    if problems.under("split"):
        return
    split = contract.split
    if contract.problem == IMAGE and split.by != "random":
        problems.add(("split", "by"), "pictures are split at random, or by their folders")
        return
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
        problems.add(path, f"{shown(name)} is neither a date nor a number, so it has no order in time")
    elif name is not None and name == contract.target:
        problems.add(path, "is the target; split by another column")


SPLIT = Section(
    holds=Part(Split, about="The shares of train, validation and test, and how rows are assigned to them."),
    settable=True,
    check=check_split,
    details="""\
The shares add up to 1. Copies of a row never end up on both sides. `validation: 0` is possible for algorithms
that do not stop or tune by it: decision_tree, random_forest, logistic, linear and svm.""",
    example="""
split: {train: 0.7, validation: 0.1, test: 0.2, by: time, column: when}
""",
)

"""What is predicted, and what must be there to predict it from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dropforge.domain.contract.fields import Number, Several, Text, shown
from dropforge.domain.contract.metrics import BINARY, CLASSES, IMAGE, PROBLEMS, REGRESSION, TABLES
from dropforge.domain.contract.problems import nearest_name
from dropforge.domain.contract.section import Section
from dropforge.domain.contract.sections.columns import NAME, NUMERIC, CategoryValue

if TYPE_CHECKING:
    from dropforge.domain.contract.problems import Problems
    from dropforge.domain.contract.reading import Reading
    from dropforge.domain.contract.sections.columns import Column
    from dropforge.domain.contract.whole import Contract

CLASS = Text(r"(?![\s.])[^\x00-\x1f\x7f/\\]{1,128}(?<!\s)", "a class's name (a folder: 1 to 128 characters)")


class TargetName(Text):
    def absent(self, reading: Reading) -> str:
        """Pictures say by their folders what they show."""
        return "label" if reading.problem == IMAGE else ""


class Confidence(Number):
    def absent(self, reading: Reading) -> Any:
        """No number is doubtful."""
        return 0.0 if reading.problem == REGRESSION else self.default


def positive_class(positive: str | None, classes: tuple[str, ...]) -> str | None:
    """The positive one of the classes found: the contract's, else 1, true, yes or y; else None."""
    if positive is not None:
        return positive if positive in classes else None
    return next((c for word in ("1", "true", "yes", "y") for c in classes if c.lower() == word), None)


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


TARGET = Section(
    holds=TargetName(
        NAME.pattern,
        NAME.rule,
        default="",
        about="The column to predict; of pictures, what their folder says.",
        allowed="one of the columns",
        otherwise="required; `label` for pictures",
    ),
    needed=TABLES,
    check=check_target,
)
POSITIVE = Section(
    holds=CategoryValue(
        about="The target's value that counts as positive; without it 1, true, yes or y.",
        allowed="one of the target's values",
        otherwise="1, true, yes or y",
    ),
    problems=(BINARY,),
)
CLASS_NAMES = Section(
    holds=Several(
        CLASS,
        1000,
        least=2,
        default=(),
        about="The folders of pictures that are classes; without it, every folder.",
        otherwise="every folder",
    ),
    problems=(IMAGE,),
)
CONFIDENCE = Section(
    holds=Confidence(
        0,
        1,
        default=0.5,
        about="Predictions with less confidence than this go to a person; classes only.",
    ),
    problems=CLASSES,
    refusal="only classes are answered with one, not numbers",
)

"""What each column is, judged from what was seen in it; each judgement is one rule with its reason."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from cli.draft.survey import Column, Survey
from cli.errors import Refused, UserError

FEW = 12
ROWS_PER_VALUE = 10
LARGEST_CODE = 99
MOST_CATEGORIES = 50
DENSE = 2
WORD = re.compile(r"[a-z]+")
NAMING = {"id", "ids", "key", "no", "nr", "number", "index", "instant", "row", "serial", "uuid"}
CODES = ("zip", "postal", "postcode", "plz")
POSITIVES = ("1", "true", "yes", "y")
MOST_LISTED = 20


@dataclass(frozen=True)
class Proposal:
    """A column in the contract: its type, a category's values and what to say beside it."""

    name: str
    type: str
    values: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True)
class Draft:
    """All that goes into a contract's text."""

    usecase: str
    target: str
    positive: str
    classes: dict[str, int]
    columns: list[Proposal]
    drop: dict[str, str]
    survey: Survey


def propose(usecase: str, found: Survey, target: str) -> Draft:
    """A draft of the contract."""
    names = [column.name for column in found.columns]
    if target not in names:
        raise UserError(f"the file has no column {target!r}; it has {', '.join(names)}")
    answer = found.columns[names.index(target)]
    classes = classes_of(answer)
    columns, drop = [], {}
    for column in found.columns:
        reason = None if column is answer else reason_to_drop(column, found)
        if reason:
            drop[column.name] = reason
        else:
            columns.append(target_column(answer) if column is answer else describe(column, found))
    return Draft(usecase, target, positive_of(classes), classes, columns, drop, found)


def classes_of(answer: Column) -> dict[str, int]:
    """The target's classes and their counts; only two classes make a problem that can be trained today."""
    if answer.many or len(answer.counts) > MOST_CATEGORIES:
        kind = "regression" if answer.numbers == answer.present else "multiclass"
        raise Refused(f"{answer.name!r} has too many values for two classes: {kind} is not supported yet")
    if len(answer.counts) < 2:
        raise UserError(f"{answer.name!r} has {len(answer.counts)} value(s); a target needs two classes")
    if len(answer.counts) > 2:
        raise Refused(f"{answer.name!r} has {len(answer.counts)} classes: multiclass is not supported yet")
    return dict(answer.counts)


def positive_of(classes: dict[str, int]) -> str:
    """The class that says yes, else the rarer one: what people look for is rare."""
    for word in POSITIVES:
        for name in classes:
            if name.lower() == word:
                return name
    return min(classes, key=lambda name: classes[name])


def reason_to_drop(column: Column, found: Survey) -> str | None:
    """Why a column is of no use to a model, if it is."""
    return next((reason for rule in RULES if (reason := rule(column, found))), None)


def no_values(column: Column, _found: Survey) -> str | None:
    """A column without a value."""
    return None if column.present else "no value in any row"


def one_value(column: Column, _found: Survey) -> str | None:
    """A column that says the same in every row."""
    return "the same value in every row" if len(column.counts) == 1 and not column.missing else None


def unique_values(column: Column, found: Survey) -> str | None:
    """Text, or whole numbers, that name the row. Amounts may all differ too, so numbers need another sign."""
    if not column.unique or column.present < found.rows or column.integers < column.numbers:
        return None
    words = set(WORD.findall(column.name.lower()))
    counted = column.numbers > 0 and (column.high or 0) - (column.low or 0) < DENSE * found.rows
    return "unique per row" if column.numbers == 0 or counted or words & NAMING else None


def only_dates(column: Column, _found: Survey) -> str | None:
    """Dates are not features yet."""
    return "a date" if column.dates == column.present else None


def codes_or_words(column: Column, _found: Survey) -> str | None:
    """Codes written as numbers, and text with more values than a model can learn from."""
    words = column.numbers < column.present
    is_code = any(word in column.name.lower() for word in CODES) and len(column.counts) > MOST_CATEGORIES
    if is_code or (words and (column.many or len(column.counts) > MOST_CATEGORIES)):
        return "too many values"
    return None


RULES: tuple[Callable[[Column, Survey], str | None], ...] = (
    no_values,
    one_value,
    unique_values,
    only_dates,
    codes_or_words,
)


def describe(column: Column, found: Survey) -> Proposal:
    """The type of a feature."""
    missing = f"; {column.missing} missing" if column.missing else ""
    numeric = column.numbers == column.present
    if numeric and not is_code(column, found):
        kind = "integer" if column.integers == column.present else "number"
        return Proposal(column.name, kind, remark=f"{column.low:.15g} to {column.high:.15g}{missing}")
    values = tuple(sorted(column.counts, key=_order))
    remark = f"{len(values)} values" if len(values) > MOST_LISTED else ""
    return Proposal(column.name, "category", values, (remark + missing).removeprefix("; "))


def is_code(column: Column, found: Survey) -> bool:
    """A few small whole numbers that come again and again are names of things, not amounts."""
    few = len(column.counts) <= FEW and len(column.counts) * ROWS_PER_VALUE <= found.rows
    small = max(abs(column.low or 0), abs(column.high or 0)) <= LARGEST_CODE
    return few and small and column.integers == column.present


def target_column(answer: Column) -> Proposal:
    """The target is a category with its classes; a row without an answer teaches nothing."""
    remark = f"{answer.missing} missing" if answer.missing else ""
    return Proposal(answer.name, "category", tuple(sorted(answer.counts, key=_order)), remark)


def _order(value: str) -> tuple[int, float, str]:
    try:
        return (0, float(value), value)
    except ValueError:
        return (1, 0.0, value)

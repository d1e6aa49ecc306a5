"""What each column is, seen from what is in it; each decision is one rule with its reason."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from cli.draft.ranges import is_code, limits, rows
from cli.errors import UserError
from dropforge.domain.survey import Column, Survey

MOST_CLASSES = 50
FEWEST_ROWS, FEWEST_OF_CLASS = 10, 3
MOST_CATEGORIES = 50
DENSE = 2
WORD = re.compile(r"[a-z]+")
NAMING = {"id", "ids", "key", "no", "nr", "number", "index", "instant", "row", "serial", "uuid"}
CODES = ("zip", "postal", "postcode", "plz")
POSITIVES = ("1", "true", "yes", "y")


@dataclass(frozen=True)
class Proposal:
    """A column in the contract: its type, a category's values, what else it has, and what to say of it."""

    name: str
    type: str
    values: tuple[str, ...] = ()
    more: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """All that goes into a contract's text. `classes` are empty where the target is a number."""

    usecase: str
    target: str
    positive: str | None
    classes: dict[str, int]
    columns: list[Proposal]
    drop: dict[str, str]
    survey: Survey

    @property
    def problem(self) -> str:
        """The kind of problem, as a contract calls it."""
        return {0: "regression", 2: "binary"}.get(len(self.classes), "multiclass")


def propose(usecase: str, found: Survey, target: str) -> Draft:
    """A draft of the contract."""
    answer = next(column for column in found.columns if column.name == target)
    classes = {} if found.regression else classes_of(answer)
    need_enough(found.rows, classes)
    columns, drop = [], {}
    for column in found.columns:
        reason = None if column is answer else reason_to_drop(column, found)
        if reason:
            drop[column.name] = reason
        else:
            columns.append(target_column(answer, found) if column is answer else describe(column, found))
    if len(columns) < 2:
        raise UserError("every column would have to be dropped; nothing is left to learn from")
    positive = positive_of(classes) if len(classes) == 2 else None
    return Draft(usecase, target, positive, classes, columns, drop, found)


def classes_of(answer: Column) -> dict[str, int]:
    """The target's classes and their counts."""
    if not 2 <= answer.distinct <= MOST_CLASSES:
        raise UserError(
            f"{answer.name!r} has {answer.distinct} different values and is not a number; "
            f"a target has 2 to {MOST_CLASSES} classes, or numbers"
        )
    return dict(answer.counts)


def need_enough(rows: int, classes: dict[str, int]) -> None:
    """What no contract would accept is said here, in words about the file."""
    if rows < FEWEST_ROWS:
        raise UserError(
            f"the file has {rows} rows; a model needs at least {FEWEST_ROWS}, and far more to be good"
        )
    rare = [name for name, count in classes.items() if count < FEWEST_OF_CLASS]
    if rare:
        raise UserError(
            f"class {rare[0]!r} has {classes[rare[0]]} row(s); a class needs at least {FEWEST_OF_CLASS}: "
            "collect more, or leave it out"
        )


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


def gives_the_answer(column: Column, found: Survey) -> str | None:
    """A column that is, or with others adds up to, the answer."""
    for relation in found.leaking:
        if relation.certain and column.name in relation.columns:
            if relation.measure == "sum":
                return f"leaks: {' + '.join(relation.columns)} = the target"
            return f"leaks: alone it tells the target ({relation.measure} {relation.figure:.4f})"
    return None


def no_values(column: Column, _found: Survey) -> str | None:
    """A column without a value."""
    return None if column.present else "no value in any row"


def one_value(column: Column, _found: Survey) -> str | None:
    """A column that says the same in every row."""
    return "the same value in every row" if column.distinct == 1 and not column.missing else None


def unique_values(column: Column, found: Survey) -> str | None:
    """Text, or whole numbers, that name the row. Amounts may all differ too, so numbers need another sign."""
    if column.formats or column.distinct < found.rows or (column.numbers and not column.integer):
        return None
    words = set(WORD.findall(column.name.lower()))
    low, high = (column.lowest or (0.0,))[0], (column.highest or (0.0,))[0]
    counted = column.integer and high - low < DENSE * found.rows
    return "unique per row" if not column.numeric or counted or words & NAMING else None


def codes_or_words(column: Column, _found: Survey) -> str | None:
    """Codes written as numbers, and text with more values than a model can learn from."""
    many = column.distinct > MOST_CATEGORIES
    names_codes = any(word in column.name.lower() for word in CODES)
    words = not column.numeric and not column.formats
    return f"{column.distinct} different values" if many and (names_codes or words) else None


RULES: tuple[Callable[[Column, Survey], str | None], ...] = (
    no_values,
    one_value,
    gives_the_answer,
    unique_values,
    codes_or_words,
)


def describe(column: Column, found: Survey) -> Proposal:
    """The type of a feature, and what a person should know of it."""
    missing = [f"{column.missing} missing"] if column.missing else []
    remarks = (*missing, *doubtful(column), *related(column, found))
    if column.formats:
        return Proposal(column.name, "date", (), date_format(column), (*date_remarks(column), *remarks))
    if column.numeric and not is_code(column, found.rows):
        kind = "integer" if column.integer else "number"
        more, said = limits(column)
        return Proposal(column.name, kind, (), more, (*said, *remarks))
    if column.numeric and column.distinct > 2:
        remarks = ("few whole numbers: names of things?", *remarks)
    return Proposal(column.name, "category", tuple(sorted(column.counts, key=_order)), "", remarks)


def date_format(column: Column) -> str:
    """ISO 8601 needs no format."""
    return f'format: "{column.formats[0]}"' if column.formats[0] else ""


def date_remarks(column: Column) -> tuple[str, ...]:
    """A date is a feature only by its parts; perhaps no value tells day and month apart."""
    others = [pattern for pattern in column.formats[1:] if pattern]
    doubt = (f'or "{others[0]}": no date tells them apart',) if others and column.formats[0] else ()
    return (*doubt, "its parts can be features (transform.columns), and it can split by time")


def doubtful(column: Column) -> list[str]:
    """Words that may mean nothing; they are kept as values."""
    return [f'"{word}" ({rows(count)}) is kept as a value' for word, count in column.doubtful.items()]


def related(column: Column, found: Survey) -> list[str]:
    """What it tells of the answer, and what it repeats."""
    said = [
        f"tells {relation.measure} {relation.figure:.3f} alone: known before the answer?"
        for relation in found.leaking
        if column.name in relation.columns
    ]
    for relation in found.redundant:
        if column.name == relation.columns[-1]:
            others = " + ".join(relation.columns[:-1])
            said.append(
                f"= {others}"
                if relation.measure == "sum"
                else f"moves with {others} (r {relation.figure:.3f})"
            )
    return said


def target_column(answer: Column, found: Survey) -> Proposal:
    """Classes with their names, or a number; a row without an answer teaches nothing."""
    missing = (f"{answer.missing} missing",) if answer.missing else ()
    if not found.regression:
        return Proposal(answer.name, "category", tuple(sorted(answer.counts, key=_order)), "", missing)
    kind = "integer" if answer.integer else "number"
    more, said = limits(answer)
    return Proposal(answer.name, kind, (), more, (*said, *missing))


def _order(value: str) -> tuple[int, float, str]:
    try:
        return (0, float(value), value)
    except ValueError:
        return (1, 0.0, value)

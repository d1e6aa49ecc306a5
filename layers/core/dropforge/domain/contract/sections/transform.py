"""What becomes of the columns: how they become the numbers that are learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract import algorithms
from dropforge.domain.contract.feature_count import most_features
from dropforge.domain.contract.fields import Flag, Number, Rising, Several, Word
from dropforge.domain.contract.metrics import IMAGE
from dropforge.domain.contract.parts import ByName, Part, key
from dropforge.domain.contract.problems import nearest_name
from dropforge.domain.contract.section import Section
from dropforge.domain.contract.sections.columns import NAME, NUMERIC
from dropforge.domain.reading.cells import LARGEST_NUMBER

if TYPE_CHECKING:
    from dropforge.domain.contract.problems import Problems
    from dropforge.domain.contract.reading import Path, Reading
    from dropforge.domain.contract.sections.columns import Column
    from dropforge.domain.contract.whole import Contract

PATH: Path = ("transform",)
NUMBERS = ("median", "mean", "most_frequent", "zero")
CATEGORIES = ("category", "most_frequent")
ENCODE = ("dummies", "dummies_but_first", "ordinal")
SCALE = ("none", "minmax", "standard")
ONLY_ON: Mapping[str, tuple[str, ...]] = {
    "scale": (*NUMERIC, "date"),
    "bin": NUMERIC,
    "log": NUMERIC,
    "parts": ("date",),
}
"""Which types of column each key makes sense on; impute and encode have rules of their own."""


@dataclass(frozen=True)
class Bin:
    """One of the three: at these edges, in as many equally full bins, or in bins of one width."""

    edges: tuple[float, ...] = key(
        Rising(
            Number(-LARGEST_NUMBER, LARGEST_NUMBER),
            100,
            default=(),
            about="Where one bin ends and the next begins.",
        )
    )
    quantiles: int | None = key(Number(2, 100, whole=True, about="How many bins, equally full."))
    width: float | None = key(Number(1e-9, LARGEST_NUMBER, about="How wide each bin is."))


def finish_bin(made: Bin, given: Mapping[str, Any], reading: Reading) -> Bin:
    if len(given) != 1:
        reading.fault(f"names {len(given)} of edges, quantiles and width; give one")
    return made


@dataclass(frozen=True)
class ColumnTransform:
    """What one column has of its own; None: as the whole transform says."""

    impute: str | None = key(
        Word((*NUMBERS, "category"), about="What a missing value of this column becomes.")
    )
    encode: str | None = key(Word(ENCODE, about="How this category, or these bins, become numbers."))
    scale: str | None = key(Word(SCALE, about="How this number is scaled."))
    log: bool = key(Flag(default=False, about="The logarithm of 1 + the value; needs `min` of 0 or more."))
    parts: tuple[str, ...] = key(
        Several(
            Word(("year", "month", "day", "weekday", "hour", "dayofyear")),
            6,
            default=(),
            about="Which parts of a date become features.",
        )
    )
    bin: Bin | None = key(
        Part(
            Bin,
            finish=finish_bin,
            terse=True,
            optional=True,
            least=1,
            most=1,
            about="Divides a number into bins, in one of three ways.",
        )
    )


class OwnTransform(Part):
    def plain(self, value: Any) -> Any:
        """A column that says nothing is refused, so one that was asked for nothing much says that."""
        return super().plain(value) or {"log": False}


def finish_own(own: ColumnTransform, given: Mapping[str, Any], reading: Reading) -> ColumnTransform:
    if not given:
        reading.fault("says nothing; leave it out")
    return own


@dataclass(frozen=True)
class Select:
    """rfe: down to `keep` columns, half of them if None. vif: drops the worst until none is above `limit`."""

    method: str = key(
        Word(
            ("rfe", "vif"),
            default="rfe",
            missing="is missing; give rfe or vif",
            about="rfe drops the least important, vif the most collinear, one by one.",
        )
    )
    keep: int | None = key(
        Number(
            1,
            10_000,
            whole=True,
            about="rfe: how many are kept; half of them if not said.",
            otherwise="half of them",
        )
    )
    limit: float = key(Number(1, 1e6, default=10.0, about="vif: none above this is kept."))


class SelectPart(Part):
    def plain(self, value: Any) -> Any:
        """Without the limit that a selection by rfe does not have."""
        said = super().plain(value)
        if said and value.method == "rfe":
            del said["limit"]
        return said


def finish_select(select: Select, given: Mapping[str, Any], reading: Reading) -> Select:
    for name, method in (("keep", "rfe"), ("limit", "vif")):
        if name in given and select.method == given.get("method") != method:
            reading.below(name).fault(f"belongs to {method}, not to {select.method}")
    return select


@dataclass(frozen=True)
class Transform:
    """impute: numbers that are missing; missing: categories that are."""

    impute: str = key(Word(NUMBERS, default="median", about="What a missing number becomes."))
    missing: str = key(Word(CATEGORIES, default="category", about="What a missing category becomes."))
    encode: str = key(Word(ENCODE, default="dummies", about="How a category becomes numbers."))
    scale: str = key(Word(SCALE, default="none", about="How numbers are scaled."))
    columns: Mapping[str, ColumnTransform] = key(
        ByName(
            NAME,
            OwnTransform(ColumnTransform, finish=finish_own, terse=True, least=1),
            "columns to what becomes of them",
            default={},
            about="What becomes of single columns.",
        )
    )
    select: Select | None = key(
        SelectPart(
            Select,
            finish=finish_select,
            optional=True,
            about="Which of the numbers are kept; without it, all.",
        )
    )


def finish_transform(transform: Transform, given: Mapping[str, Any], reading: Reading) -> Transform:
    if "scale" not in given and reading.section("algorithm").name in algorithms.NEEDS_ONE_SCALE:
        return replace(transform, scale="standard")
    return transform


def check_transform(contract: Contract, problems: Problems) -> None:
    if contract.problem == IMAGE and contract.transform.columns:
        problems.add((*PATH, "columns"), "pictures have none")
        return
    if problems.under("columns"):
        return
    columns = {column.name: column for column in contract.columns}
    for name, own in contract.transform.columns.items():
        path = (*PATH, "columns", name)
        if name == contract.target:
            problems.add(path, "is the target; it is not transformed")
        elif name not in columns:
            problems.add(path, f"is not one of the columns{nearest_name(name, columns)}")
        elif columns[name].type:
            _check_column(path, columns[name], own, problems)
    _check_keep(contract, problems)


def _check_column(path: Path, column: Column, own: ColumnTransform, problems: Problems) -> None:
    for name, types in ONLY_ON.items():
        if getattr(own, name) and column.type not in types:
            allowed = " or ".join(dict.fromkeys("a date" if kind == "date" else "a number" for kind in types))
            problems.add((*path, name), f"only {allowed} has it, not {column.type!r}")
    if column.type == "date" and not own.parts:
        problems.add(path, "is a date; give its parts, such as parts: [month, weekday]")
    if column.type in ("string", "id"):
        problems.add(path, f"is {column.type!r}, which is not a feature")
    _check_words(path, column, own, problems)
    if own.log and column.numeric and (column.min is None or column.min < 0):
        problems.add((*path, "log"), "needs a column that is never negative; give the column min: 0")


def _check_words(path: Path, column: Column, own: ColumnTransform, problems: Problems) -> None:
    words = CATEGORIES if column.type == "category" else NUMBERS
    if own.impute is not None and own.impute not in words:
        problems.add(
            (*path, "impute"), f"of {column.type!r} is one of {', '.join(words)}, not {own.impute!r}"
        )
    if own.encode is not None and column.type != "category" and own.bin is None:
        problems.add((*path, "encode"), "only a category or bins are encoded; give bin as well")


def _check_keep(contract: Contract, problems: Problems) -> None:
    select = contract.transform.select
    if select is None or select.keep is None or contract.problem == IMAGE:
        return
    most = most_features(contract)
    if most is not None and select.keep > most:
        problems.add(
            (*PATH, "select", "keep"), f"{select.keep} is more than the {most} features there can be"
        )


TRANSFORM = Section(
    holds=Part(
        Transform, finish=finish_transform, about="How columns become the numbers that are learnt from."
    ),
    check=check_transform,
    details="""\
It is fitted on the training part once, and compiled into one graph that training, batch and the endpoint all
run. `impute`, `encode` and `scale` hold for every column that says nothing of its own. `dummies_but_first`
leaves out each first value, against collinearity. Without `scale` numbers are standardised for logistic and
svm.""",
    example="""
transform:
  encode: dummies_but_first
  scale: minmax
  columns:
    Age: {bin: {edges: [30, 45, 60]}, encode: dummies}
    Income: {impute: zero, scale: standard}
    when: {parts: [month, weekday]}
  select: {method: rfe, keep: 8}
""",
)

"""How columns become the numbers that are learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract import algorithms, sections
from dropforge.domain.contract.fields import shown
from dropforge.domain.contract.model import NUMERIC, Bin, ColumnTransform, Select, Transform
from dropforge.domain.contract.parts.section import read_section
from dropforge.domain.contract.problems import nearest_name

if TYPE_CHECKING:
    from dropforge.domain.contract.model import Column, Contract
    from dropforge.domain.contract.problems import Problems

Path = tuple[str, ...]
PATH: Path = ("transform",)
ONLY_ON: Mapping[str, tuple[str, ...]] = {
    "scale": (*NUMERIC, "date"),
    "bin": NUMERIC,
    "log": NUMERIC,
    "parts": ("date",),
}
"""Which types of column each key makes sense on; impute and encode have rules of their own."""


def read_transform(value: object, algorithm: str, problems: Problems) -> Transform:
    read = read_section(PATH, value, sections.TRANSFORM, problems, also=("columns", "select"))
    if not isinstance(value, Mapping):
        return Transform()
    if "scale" not in value and algorithm in algorithms.NEEDS_ONE_SCALE:
        read["scale"] = "standard"
    columns = _read_columns(value.get("columns", {}), problems)
    select = _read_select(value["select"], problems) if "select" in value else None
    return Transform(**read, columns=columns, select=select)


def check_transform(contract: Contract, problems: Problems) -> None:
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


def _read_columns(value: object, problems: Problems) -> dict[str, ColumnTransform]:
    path = (*PATH, "columns")
    if not isinstance(value, Mapping):
        problems.add(path, f"{shown(value)} is not a mapping of columns to what becomes of them")
        return {}
    read = {}
    for name, spec in value.items():
        if isinstance(name, str):
            read[name] = _read_column((*path, name), spec, problems)
        else:
            problems.add(path, f"{shown(name)} is not text; quote it")
    return read


def _read_column(path: Path, spec: object, problems: Problems) -> ColumnTransform:
    read = read_section(path, spec, sections.COLUMN_TRANSFORM, problems, also=("bin",))
    if isinstance(spec, Mapping) and not spec:
        problems.add(path, "says nothing; leave it out")
    if isinstance(spec, Mapping) and "bin" in spec:
        read["bin"] = _read_bin((*path, "bin"), spec["bin"], problems)
    return ColumnTransform(**read)


def _read_bin(path: Path, value: object, problems: Problems) -> Bin:
    read = read_section(path, value, sections.BIN, problems)
    if isinstance(value, Mapping) and len(value) != 1:
        problems.add(path, f"names {len(value)} of edges, quantiles and width; give one")
    return Bin(**read)


def _read_select(value: object, problems: Problems) -> Select:
    path = (*PATH, "select")
    read = read_section(path, value, sections.SELECT, problems)
    if not isinstance(value, Mapping):
        return Select("rfe")
    if "method" not in value:
        problems.add((*path, "method"), "is missing; give rfe or vif")
    for key, method in (("keep", "rfe"), ("limit", "vif")):
        if key in value and read.get("method", method) != method:
            problems.add((*path, key), f"belongs to {method}, not to {read['method']}")
    return Select(**{"method": "rfe"} | read)


def _check_column(path: Path, column: Column, own: ColumnTransform, problems: Problems) -> None:
    for key, types in ONLY_ON.items():
        if getattr(own, key) and column.type not in types:
            allowed = " or ".join(dict.fromkeys("a date" if kind == "date" else "a number" for kind in types))
            problems.add((*path, key), f"only {allowed} has it, not {column.type!r}")
    if column.type == "date" and not own.parts:
        problems.add(path, "is a date; give its parts, such as parts: [month, weekday]")
    if column.type in ("string", "id"):
        problems.add(path, f"is {column.type!r}, which is no feature")
    _check_words(path, column, own, problems)
    if own.log and column.numeric and (column.min is None or column.min < 0):
        problems.add((*path, "log"), "needs a column that is never negative; give the column min: 0")


def _check_words(path: Path, column: Column, own: ColumnTransform, problems: Problems) -> None:
    words = sections.CATEGORIES if column.type == "category" else sections.NUMBERS
    if own.impute is not None and own.impute not in words:
        problems.add(
            (*path, "impute"), f"of {column.type!r} is one of {', '.join(words)}, not {own.impute!r}"
        )
    if own.encode is not None and column.type != "category" and own.bin is None:
        problems.add((*path, "encode"), "only a category or bins are encoded; give bin as well")


def _check_keep(contract: Contract, problems: Problems) -> None:
    select = contract.transform.select
    if select is None or select.keep is None or contract.image:
        return
    most = _most_features(contract)
    if most is not None and select.keep > most:
        problems.add(
            (*PATH, "select", "keep"), f"{select.keep} is more than the {most} features there can be"
        )


def _most_features(contract: Contract) -> int | None:
    """After encoding; None where only the data can tell."""
    counts = [
        _features_of(column, contract.transform.columns.get(column.name, ColumnTransform()), contract)
        for column in contract.features
    ]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _features_of(column: Column, own: ColumnTransform, contract: Contract) -> int | None:
    if column.type == "date":
        return len(own.parts)
    values: Any = 0
    if own.bin is not None:
        values = own.bin.quantiles or (len(own.bin.edges) + 1 if own.bin.edges else None)
    elif column.type == "category":
        values = len(column.values) or None
    else:
        return 1
    if (own.encode or contract.transform.encode) == "ordinal":
        return 1
    return None if values is None else int(values) + 1

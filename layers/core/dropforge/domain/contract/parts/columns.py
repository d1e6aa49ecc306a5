"""The columns of a contract: `Age: {type: integer, min: 18}`, or in short `Age: integer`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract import sections
from dropforge.domain.contract.fields import InvalidError, shown
from dropforge.domain.contract.model import NUMERIC, Column
from dropforge.domain.contract.parts.section import Path, read_field
from dropforge.domain.reading.cells import category_text

if TYPE_CHECKING:
    from dropforge.domain.contract.problems import Problems


def read_columns(value: object, problems: Problems) -> tuple[Column, ...]:
    if not isinstance(value, Mapping):
        problems.add(("columns",), f"{shown(value)} is not a mapping of names to types")
        return ()
    if not value or len(value) > sections.MOST_COLUMNS:
        problems.add(("columns",), f"has {len(value)} columns, not 1 to {sections.MOST_COLUMNS}")
        return ()
    return tuple(_column(name, spec, problems) for name, spec in _named(("columns",), value, problems))


def read_drop(value: object, problems: Problems) -> dict[str, str]:
    if not isinstance(value, Mapping):
        problems.add(("drop",), f"{shown(value)} is not a mapping of names to why they are dropped")
        return {}
    return {
        name: read_field(("drop", name), reason, sections.REASON, problems) or ""
        for name, reason in _named(("drop",), value, problems)
    }


def read_value(path: Path, value: object, problems: Problems) -> str | None:
    """A category's value in its one spelling."""
    text = category_text(value)
    if text is None or not 1 <= len(text) <= 256 or "\x00" in text:
        problems.add(path, f"{shown(value)} is not a value of a category (text, a number, true or false)")
        return None
    return text


def _named(path: Path, value: Mapping[Any, Any], problems: Problems) -> list[tuple[str, Any]]:
    named = []
    for name, item in value.items():
        try:
            named.append((sections.NAME.read(name), item))
        except InvalidError as fault:
            problems.add(path, f"{fault}; quote it" if not isinstance(name, str) else str(fault))
    return named


def _column(name: str, spec: object, problems: Problems) -> Column:
    path = ("columns", name)
    if isinstance(spec, str):
        return Column(name, _type(path, spec, problems))
    given = problems.mapping(path, spec, (*sections.COLUMN, "values"))
    if "type" not in given and isinstance(spec, Mapping):
        problems.add(path, f"has no type; give one of {', '.join(sections.COLUMN_TYPES)}")
    column = Column(
        name=name,
        type=_type((*path, "type"), given["type"], problems) if "type" in given else "",
        min=_optional(path, "min", given, problems),
        max=_optional(path, "max", given, problems),
        values=_values((*path, "values"), given["values"], problems) if "values" in given else (),
        required=bool(_optional(path, "required", given, problems)),
        unique=bool(_optional(path, "unique", given, problems)),
        format=_optional(path, "format", given, problems),
    )
    _check(path, column, problems)
    return column


def _type(path: Path, value: object, problems: Problems) -> str:
    return read_field(path, value, sections.COLUMN["type"], problems) or ""


def _optional(path: Path, key: str, given: Mapping[str, Any], problems: Problems) -> Any:
    return read_field((*path, key), given[key], sections.COLUMN[key], problems) if key in given else None


def _values(path: Path, value: object, problems: Problems) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not 1 <= len(value) <= sections.MOST_VALUES:
        problems.add(path, f"{shown(value)} is not a list of 1 to {sections.MOST_VALUES} values")
        return ()
    texts = tuple(text for item in value if (text := read_value(path, item, problems)) is not None)
    twice = sorted({text for text in texts if texts.count(text) > 1})
    if twice:
        problems.add(path, f"{shown(twice[0])} is listed twice")
    return texts


def _check(path: Path, column: Column, problems: Problems) -> None:
    if not column.type:
        return
    for key, limit in (("min", column.min), ("max", column.max)):
        if limit is not None and column.type not in NUMERIC:
            problems.add((*path, key), f"only an integer or a number has a {key}, not {column.type!r}")
    if column.format is not None:
        _check_format(path, column, column.format, problems)
    if column.values and column.type != "category":
        problems.add((*path, "values"), f"only a category has values, not {column.type!r}")
    if column.min is not None and column.max is not None and column.min > column.max:
        problems.add((*path, "min"), f"{column.min:.15g} is above max, {column.max:.15g}")


def _check_format(path: Path, column: Column, form: str, problems: Problems) -> None:
    if column.type != "date":
        problems.add((*path, "format"), f"only a date has a format, not {column.type!r}")
    elif not re.search("%[Yy]", form):
        problems.add((*path, "format"), f"{shown(form)} has no year (%Y or %y)")

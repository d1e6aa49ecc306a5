"""Reading what is alike in every part: a mapping whose keys are fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dropforge.domain.contract.fields import Field, InvalidError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dropforge.domain.contract.problems import Problems

Path = tuple[str, ...]


def read_section(
    path: Path, value: object, fields: Mapping[str, Field], problems: Problems, also: Iterable[str] = ()
) -> dict[str, Any]:
    """Each field's value, or its default; absent ones without a default are left out, as are keys `also`."""
    given = problems.mapping(path, value, (*fields, *also))
    read = {
        name: read_field((*path, name), given[name], field, problems) if name in given else field.default
        for name, field in fields.items()
    }
    return {name: item for name, item in read.items() if item is not None}


def read_field(path: Path, value: object, field: Field, problems: Problems) -> Any:
    """The value, or, after noting what is wrong with it, the field's default."""
    try:
        return field.read(value)
    except InvalidError as fault:
        problems.add(path, str(fault))
        return field.default

"""What is declared beside an attribute fits it, which a type checker cannot see."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import Any

from dropforge.domain.contract.fields import NOTHING, Field, Value
from dropforge.domain.contract.parts import ByName, Part
from dropforge.domain.contract.whole import SECTIONS, Contract


def parts(field: Field) -> Iterator[Part]:
    """A field that is a part, and the parts below it."""
    if isinstance(field, ByName):
        yield from parts(field.each)
    elif isinstance(field, Part):
        yield field
        for below in field.keys.values():
            yield from parts(below)


PARTS = {part.made: part for section in SECTIONS.values() for part in parts(section.holds)}
KEYS = [(made, name, field) for made, part in PARTS.items() for name, field in part.keys.items()]


def fits(default: object, hint: Any) -> bool:
    """True where the default is of the type, or of one of a union; a whole number is a float, too."""
    if isinstance(hint, types.UnionType):
        return any(fits(default, each) for each in typing.get_args(hint))
    kind = typing.get_origin(hint) or hint
    return isinstance(default, kind) or (kind is float and isinstance(default, int))


def test_a_default_is_of_its_attributes_type() -> None:
    defaults = [(made, name, field.default) for made, name, field in KEYS]
    defaults += [(Contract, name, section.holds.empty()) for name, section in SECTIONS.items()]
    hints = {made: typing.get_type_hints(made) for made in (*PARTS, Contract)}
    unfit = [
        f"{made.__name__}.{name}" for made, name, value in defaults if not fits(value, hints[made][name])
    ]
    assert len(defaults) > 80
    assert unfit == []


def test_a_default_is_one_that_its_field_allows() -> None:
    said = [field for _, _, field in KEYS if isinstance(field, Value) and field.default not in NOTHING]
    assert len(said) > 30
    assert [field.read(field.plain(field.default)) for field in said] == [field.default for field in said]


def test_a_key_has_a_sentence_about_it() -> None:
    """But for an algorithm's parameters, which have one each."""
    silent = [f"{made.__name__}.{name}" for made, name, field in KEYS if not field.about.endswith(".")]
    assert silent == ["Algorithm.parameters"]

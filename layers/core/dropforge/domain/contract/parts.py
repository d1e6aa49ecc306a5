"""Fields that hold other fields: a mapping with keys of its own (`Part`), or with any names (`ByName`).

A part is read into a frozen dataclass. The declaration of each key stands beside the attribute that it fills:

    @dataclass(frozen=True)
    class Image:
        height: int = key(Number(8, 512, whole=True, default=32, about="Pixels."))

`key` gives the attribute its default and keeps the field with it, and `Part(Image)` finds it there: so the
type that the rest of the program reads, the rule, the limits and the sentence stand together. The cost: to a
type checker the default may be of any type.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract.fields import Field, InvalidError, Value, allowed_count, shown

if TYPE_CHECKING:
    from dropforge.domain.contract.reading import Reading

DECLARED = "declared"
Finish = Callable[[Any, Mapping[str, Any], "Reading"], Any]


def key(field: Field) -> Any:
    """An attribute of a dataclass that is a key of its part."""
    metadata = {DECLARED: field}
    if field.missing:
        return dataclasses.field(metadata=metadata)
    if isinstance(field, Part) or isinstance(field.default, dict):
        return dataclasses.field(default_factory=field.empty, metadata=metadata)
    return dataclasses.field(default=field.default, metadata=metadata)


def declared(made: type) -> dict[str, Any]:
    """What was declared beside each attribute of a dataclass, in their order."""
    return {
        each.name: each.metadata[DECLARED] for each in dataclasses.fields(made) if DECLARED in each.metadata
    }


@dataclass(eq=False, repr=False)
class Part(Field):
    """A mapping whose keys are those of the dataclass `made`.

    `finish` gets what was made, what was written and the reading: it notes what does not go together, and
    fills in what depends on other sections. `short` is the key that a bare text stands for. What is made by a
    `named` part knows its own name, and takes it first. A `terse` part leaves out of the normal form what is
    false or empty. `least` and `most` keys are asked for by the schema.
    """

    made: type
    finish: Finish | None = None
    short: str = ""
    terse: bool = False
    optional: bool = False
    named: bool = False
    least: int = 0
    most: int = 0

    @cached_property
    def keys(self) -> Mapping[str, Field]:
        return declared(self.made)

    def take(self, value: object, reading: Reading) -> Any:
        if self.short and isinstance(value, str):
            return self._made({self.short: self.keys[self.short].take(value, reading)}, reading)
        given = reading.known_keys(value, self.keys)
        if not isinstance(value, Mapping):
            return self._made({}, reading)
        made = self._made(self.read(given, reading), reading)
        return self.finish(made, value, reading) if self.finish else made

    def read(
        self, given: Mapping[str, Any], reading: Reading, apart: frozenset[str] = frozenset()
    ) -> dict[str, Any]:
        """Every key but those that are read apart."""
        return {
            name: each.take(given[name], reading.below(name))
            if name in given
            else each.absent(reading.below(name))
            for name, each in self.keys.items()
            if name not in apart
        }

    def empty(self) -> Any:
        return None if self.optional else self.made()

    def absent(self, reading: Reading) -> Any:
        return None if self.optional else self.take({}, reading)

    def plain(self, value: Any) -> Any:
        if value is None:
            return None
        said = {name: each.plain(getattr(value, name)) for name, each in self.keys.items()}
        return {name: item for name, item in said.items() if not self._unsaid(item)}

    def shape(self) -> dict[str, Any]:
        needed = [name for name, each in self.keys.items() if each.missing]
        whole = {
            "type": "object",
            "additionalProperties": False,
            "properties": {name: each.schema() for name, each in self.keys.items()},
            **({"required": needed} if needed else {}),
            **({"minProperties": self.least} if self.least else {}),
            **({"maxProperties": self.most} if self.most else {}),
        }
        return {"anyOf": [self.keys[self.short].shape(), whole]} if self.short else whole

    def _unsaid(self, item: Any) -> bool:
        return item is None or (self.terse and (item is False or item == []))

    def _made(self, read: Mapping[str, Any], reading: Reading) -> Any:
        own_name = (reading.path[-1],) if self.named else ()
        defaults = {name: each.empty() for name, each in self.keys.items() if name not in read}
        return self.made(*own_name, **defaults, **read)


@dataclass(eq=False, repr=False)
class ByName(Field):
    """A mapping of names to values that are all of one kind; `of` says in words of what to what.

    Where it is `listed`, what is made knows its own name, and the contract keeps a tuple of them.
    """

    name: Value
    each: Field
    of: str
    most: int = 0
    least: int = 0
    listed: bool = False

    def take(self, value: object, reading: Reading) -> Any:
        if not isinstance(value, Mapping):
            reading.fault(f"{shown(value)} is not a mapping of {self.of}")
            return self.default
        if not self.least <= len(value) <= (self.most or len(value)):
            reading.fault(f"has {len(value)}; {allowed_count(self.least, self.most)} allowed")
            return self.default
        read = {name: self.each.take(item, reading.below(name)) for name, item in self._named(value, reading)}
        return tuple(item for item in read.values() if item is not None) if self.listed else read

    def plain(self, value: Any) -> Any:
        items = {item.name: item for item in value} if self.listed else value
        return {name: self.each.plain(item) for name, item in items.items()}

    def shape(self) -> dict[str, Any]:
        return {
            "type": "object",
            "propertyNames": self.name.schema(),
            "additionalProperties": self.each.schema(),
            **({"minProperties": self.least} if self.least else {}),
            **({"maxProperties": self.most} if self.most else {}),
        }

    def _named(self, value: Mapping[Any, Any], reading: Reading) -> list[tuple[str, Any]]:
        named = []
        for name, item in value.items():
            try:
                named.append((self.name.read(name), item))
            except InvalidError as fault:
                reading.fault(f"{fault}; quote it" if not isinstance(name, str) else str(fault))
        return named

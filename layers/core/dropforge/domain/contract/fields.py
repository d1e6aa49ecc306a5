"""What one value of a contract may be, declared once: the rule, the default and the sentence about it.

From a field come the parser (`take`, `absent`), the JSON Schema, the normal form (`plain`) and a row of the
reference page. A field holds one value here; `parts` has those that hold other fields. A section declares its
fields beside the attributes that they fill: see `parts.key`. Fields are neither frozen nor compared, because
every cold start would pay for the methods that takes.
"""

from __future__ import annotations

import itertools
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dropforge.domain.contract.reading import Reading

NOTHING: tuple[object, ...] = (None, "", (), {})
"""Defaults that tell the reader nothing."""


class InvalidError(ValueError):
    """A value is not what its field allows; the message completes "<path>: …"."""


@dataclass(kw_only=True, eq=False, repr=False)
class Field(ABC):
    """Whatever may stand under a key."""

    default: Any = None
    """What holds where the key is absent, and where what it says is faulty."""
    about: str = ""
    """What it is for, in a sentence: editors show it, and the reference page."""
    missing: str = ""
    """What is said where the key is absent; without this it may be."""
    allowed: str = ""
    """The rule in the reference page's words, where the schema says it badly."""
    otherwise: str = ""
    """What holds where the key is absent, where that is not a value but words."""

    @abstractmethod
    def take(self, value: object, reading: Reading) -> Any:
        """The value as the contract keeps it; what is wrong with it is noted, and the default stands in."""

    @abstractmethod
    def shape(self) -> dict[str, Any]:
        """The rule as JSON Schema."""

    def absent(self, reading: Reading) -> Any:
        """What holds where the key is not there."""
        if self.missing:
            reading.fault(self.missing)
        return self.default

    def empty(self) -> Any:
        """The attribute's own default, for a contract that is built and not read."""
        return dict(self.default) if isinstance(self.default, dict) else self.default

    def plain(self, value: Any) -> Any:
        """The value as JSON, such that `take` gives it back; None is left out."""
        return list(value) if isinstance(value, tuple) else value

    def schema(self) -> dict[str, Any]:
        """The rule with what editors show beside it."""
        described = self.shape() | ({"description": self.about} if self.about else {})
        if self.missing or self.default in NOTHING:
            return described
        default = list(self.default) if isinstance(self.default, tuple) else self.default
        return described | {"default": default}


@dataclass(kw_only=True, eq=False, repr=False)
class Value(Field):
    """One value, which is right or wrong by itself."""

    @abstractmethod
    def read(self, value: object) -> Any:
        """The value as the contract keeps it, or InvalidError."""

    def take(self, value: object, reading: Reading) -> Any:
        try:
            return self.read(value)
        except InvalidError as fault:
            reading.fault(str(fault))
            return self.default


def shown(value: object) -> str:
    """A value fit for a message: short, and safe for what Python will not print (5,000 digits)."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 256:
        return "a huge number"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


@dataclass(eq=False, repr=False)
class Number(Value):
    """A finite number between two limits, whole if `whole`."""

    low: float
    high: float
    whole: bool = False

    def read(self, value: object) -> float | int:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise InvalidError(f"{shown(value)} is not a number")
        if isinstance(value, float) and not math.isfinite(value):
            raise InvalidError(f"{value} is not a finite number")
        if self.whole and not (isinstance(value, int) or value.is_integer()):
            raise InvalidError(f"{value} is not a whole number")
        if not self.low <= value <= self.high:
            raise InvalidError(f"{shown(value)} is not between {self.low:.15g} and {self.high:.15g}")
        return int(value) if self.whole else value

    def shape(self) -> dict[str, Any]:
        kind = "integer" if self.whole else "number"
        return {"type": kind, "minimum": self.low, "maximum": self.high}


@dataclass(eq=False, repr=False)
class Text(Value):
    """A text that matches a pattern in full; `rule` says in words what the pattern means."""

    pattern: str
    rule: str

    def read(self, value: object) -> str:
        if not isinstance(value, str):
            raise InvalidError(f"{shown(value)} is not text")
        if not re.fullmatch(self.pattern, value):
            raise InvalidError(f"{shown(value)} is not {self.rule}")
        return value

    def shape(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^(?:{self.pattern})$"}


@dataclass(eq=False, repr=False)
class Word(Value):
    """One of a few words."""

    words: tuple[str, ...]

    def read(self, value: object) -> str:
        if isinstance(value, str) and value in self.words:
            return value
        raise InvalidError(f"{shown(value)} is not {_either(self.words)}")

    def shape(self) -> dict[str, Any]:
        return {"enum": list(self.words)}


@dataclass(eq=False, repr=False)
class NumberOrWord(Value):
    """A number, or one of a few words that stand for one."""

    number: Number
    words: tuple[str, ...]

    def read(self, value: object) -> float | str:
        if isinstance(value, str) and value in self.words:
            return value
        try:
            return self.number.read(value)
        except InvalidError as fault:
            raise InvalidError(f"{fault}, nor {_either(self.words)}") from fault

    def shape(self) -> dict[str, Any]:
        return {"anyOf": [self.number.schema(), {"enum": list(self.words)}]}


@dataclass(eq=False, repr=False)
class Flag(Value):
    """true or false."""

    def read(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise InvalidError(f"{shown(value)} is not true or false")
        return value

    def shape(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(eq=False, repr=False)
class Several(Field):
    """A list of different values, each as `each` allows; all that are faulty are noted."""

    each: Value
    most: int
    least: int = 0

    def take(self, value: object, reading: Reading) -> Any:
        if not isinstance(value, (list, tuple)):
            reading.fault(f"{shown(value)} is not a list")
            return self.default
        if not self.least <= len(value) <= self.most:
            reading.fault(f"a list of {len(value)}; {allowed_count(self.least, self.most)} allowed")
            return self.default
        read = (self.each.take(item, reading) for item in value)
        values = tuple(item for item in read if item is not None)
        if repeated := sorted({shown(item) for item in values if values.count(item) > 1}):
            reading.fault(f"{repeated[0]} is listed twice")
        return values

    def shape(self) -> dict[str, Any]:
        described = {"type": "array", "items": self.each.schema(), "maxItems": self.most, "uniqueItems": True}
        return described | ({"minItems": self.least} if self.least else {})

    def plain(self, value: Any) -> Any:
        return list(value) if value or not self.least else None


@dataclass(eq=False, repr=False)
class Rising(Value):
    """A list of numbers, each larger than the one before."""

    each: Number
    most: int

    def read(self, value: object) -> tuple[float, ...]:
        if not isinstance(value, (list, tuple)) or not 1 <= len(value) <= self.most:
            raise InvalidError(f"{shown(value)} is not a list of 1 to {self.most} numbers")
        numbers = tuple(self.each.read(item) for item in value)
        for before, after in itertools.pairwise(numbers):
            if after <= before:
                raise InvalidError(f"{after:.15g} is not above {before:.15g}, the number before it")
        return numbers

    def shape(self) -> dict[str, Any]:
        return {"type": "array", "items": self.each.schema(), "minItems": 1, "maxItems": self.most}


def allowed_count(least: int, most: int) -> str:
    return f"{least} to {most} are" if least else f"at most {most} are"


def _either(words: tuple[str, ...]) -> str:
    quoted = [repr(word) for word in words]
    return quoted[0] if len(quoted) == 1 else f"one of {', '.join(quoted[:-1])} and {quoted[-1]}"

"""What one value of a contract may be. A field checks a value, and describes itself as JSON Schema."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class InvalidError(ValueError):
    """A value is not what its field allows; the message completes "<path>: …"."""


class Field(Protocol):
    """`about` says what the value is for: editors show it, and the reference page."""

    @property
    def default(self) -> Any: ...

    @property
    def about(self) -> str: ...

    def read(self, value: object) -> Any:
        """The value as the contract keeps it, or InvalidError."""

    def schema(self) -> dict[str, Any]:
        """The same rule as JSON Schema."""


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


@dataclass(frozen=True)
class Number:
    """A finite number between two limits, whole if `whole`."""

    low: float
    high: float
    default: float | None = None
    whole: bool = False
    about: str = ""

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

    def schema(self) -> dict[str, Any]:
        described: dict[str, Any] = {
            "type": "integer" if self.whole else "number",
            "minimum": self.low,
            "maximum": self.high,
        }
        return _described(self, described)


@dataclass(frozen=True)
class Text:
    """A text that matches a pattern in full; `rule` says in words what the pattern means."""

    pattern: str
    rule: str
    default: str | None = None
    about: str = ""

    def read(self, value: object) -> str:
        if not isinstance(value, str):
            raise InvalidError(f"{shown(value)} is not text")
        if not re.fullmatch(self.pattern, value):
            raise InvalidError(f"{shown(value)} is not {self.rule}")
        return value

    def schema(self) -> dict[str, Any]:
        return _described(self, {"type": "string", "pattern": f"^(?:{self.pattern})$"})


@dataclass(frozen=True)
class Word:
    """One of a few words."""

    words: tuple[str, ...]
    default: str | None = None
    about: str = ""

    def read(self, value: object) -> str:
        if isinstance(value, str) and value in self.words:
            return value
        raise InvalidError(f"{shown(value)} is not {_either(self.words)}")

    def schema(self) -> dict[str, Any]:
        return _described(self, {"enum": list(self.words)})


@dataclass(frozen=True)
class NumberOrWord:
    """A number, or one of a few words that stand for one."""

    number: Number
    words: tuple[str, ...]
    default: float | str | None = None
    about: str = ""

    def read(self, value: object) -> float | str:
        if isinstance(value, str) and value in self.words:
            return value
        try:
            return self.number.read(value)
        except InvalidError as fault:
            raise InvalidError(f"{fault}, nor {_either(self.words)}") from fault

    def schema(self) -> dict[str, Any]:
        return _described(self, {"anyOf": [self.number.schema(), {"enum": list(self.words)}]})


@dataclass(frozen=True)
class Flag:
    """true or false."""

    default: bool | None = False
    about: str = ""

    def read(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise InvalidError(f"{shown(value)} is not true or false")
        return value

    def schema(self) -> dict[str, Any]:
        return _described(self, {"type": "boolean"})


@dataclass(frozen=True)
class Several:
    """A list of different values, each as `each` allows."""

    each: Field
    most: int
    default: tuple[Any, ...] | None = ()
    least: int = 0
    about: str = ""

    def read(self, value: object) -> tuple[Any, ...]:
        if not isinstance(value, (list, tuple)):
            raise InvalidError(f"{shown(value)} is not a list")
        if not self.least <= len(value) <= self.most:
            raise InvalidError(f"a list of {len(value)}; {self._allowed()} allowed")
        values = tuple(self.each.read(item) for item in value)
        if len(set(values)) != len(values):
            raise InvalidError("the list names something twice")
        return values

    def schema(self) -> dict[str, Any]:
        described = {"type": "array", "items": self.each.schema(), "maxItems": self.most, "uniqueItems": True}
        return _described(self, described | ({"minItems": self.least} if self.least else {}))

    def _allowed(self) -> str:
        return f"{self.least} to {self.most} are" if self.least else f"at most {self.most} are"


@dataclass(frozen=True)
class Rising:
    """A list of numbers, each larger than the one before."""

    each: Number
    most: int
    default: tuple[float, ...] | None = None
    about: str = ""

    def read(self, value: object) -> tuple[float, ...]:
        if not isinstance(value, (list, tuple)) or not 1 <= len(value) <= self.most:
            raise InvalidError(f"{shown(value)} is not a list of 1 to {self.most} numbers")
        numbers = tuple(self.each.read(item) for item in value)
        for before, after in itertools.pairwise(numbers):
            if after <= before:
                raise InvalidError(f"{after:.15g} is not above {before:.15g}, the number before it")
        return numbers

    def schema(self) -> dict[str, Any]:
        described = {"type": "array", "items": self.each.schema(), "minItems": 1, "maxItems": self.most}
        return _described(self, described)


def _described(field: Field, schema: dict[str, Any]) -> dict[str, Any]:
    if field.about:
        schema["description"] = field.about
    if field.default is not None:
        schema["default"] = list(field.default) if isinstance(field.default, tuple) else field.default
    return schema


def _either(words: tuple[str, ...]) -> str:
    quoted = [repr(word) for word in words]
    return quoted[0] if len(quoted) == 1 else f"one of {', '.join(quoted[:-1])} and {quoted[-1]}"

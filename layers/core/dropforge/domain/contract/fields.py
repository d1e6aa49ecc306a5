"""What one value of a contract may be. A field checks a value, and describes itself as JSON Schema."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class InvalidError(ValueError):
    """A value is not what its field allows; the message completes "<path>: …"."""


class Field(Protocol):
    @property
    def default(self) -> Any: ...

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
        return described if self.default is None else {**described, "default": self.default}


@dataclass(frozen=True)
class Text:
    """A text that matches a pattern in full; `rule` says in words what the pattern means."""

    pattern: str
    rule: str
    default: str | None = None

    def read(self, value: object) -> str:
        if not isinstance(value, str):
            raise InvalidError(f"{shown(value)} is not text")
        if not re.fullmatch(self.pattern, value):
            raise InvalidError(f"{shown(value)} is not {self.rule}")
        return value

    def schema(self) -> dict[str, Any]:
        described = {"type": "string", "pattern": f"^(?:{self.pattern})$"}
        return described if self.default is None else {**described, "default": self.default}


@dataclass(frozen=True)
class Word:
    """One of a few words. `planned` are known but not built yet, and are refused by name."""

    words: tuple[str, ...]
    default: str | None = None
    planned: tuple[str, ...] = ()

    def read(self, value: object) -> str:
        if isinstance(value, str) and value in self.words:
            return value
        if isinstance(value, str) and value in self.planned:
            raise InvalidError(f"{value!r} is not supported yet; {_either(self.words)} is")
        raise InvalidError(f"{shown(value)} is not {_either(self.words)}")

    def schema(self) -> dict[str, Any]:
        described = {"enum": list(self.words)}
        return described if self.default is None else {**described, "default": self.default}


@dataclass(frozen=True)
class Flag:
    """true or false."""

    default: bool = False

    def read(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise InvalidError(f"{shown(value)} is not true or false")
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean", "default": self.default}


@dataclass(frozen=True)
class Texts:
    """A list of different texts, each matching a pattern."""

    each: Text
    most: int
    default: tuple[str, ...] = ()

    def read(self, value: object) -> tuple[str, ...]:
        if not isinstance(value, (list, tuple)):
            raise InvalidError(f"{shown(value)} is not a list")
        if len(value) > self.most:
            raise InvalidError(f"a list of {len(value)}; at most {self.most} are allowed")
        texts = tuple(self.each.read(item) for item in value)
        if len(set(texts)) != len(texts):
            raise InvalidError("the list names something twice")
        return texts

    def schema(self) -> dict[str, Any]:
        described = {"type": "array", "items": self.each.schema(), "maxItems": self.most, "uniqueItems": True}
        return {**described, "default": list(self.default)}


def _either(words: tuple[str, ...]) -> str:
    quoted = [repr(word) for word in words]
    return quoted[0] if len(quoted) == 1 else f"one of {', '.join(quoted[:-1])} and {quoted[-1]}"

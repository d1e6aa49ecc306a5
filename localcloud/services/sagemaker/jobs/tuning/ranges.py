"""What is tuned: ranges of numbers and lists of words, as the API has them and as the optimiser wants them.

A hyperparameter is text in the API, and its scale says how a range is looked through. The optimiser knows
linear and logarithmic scales; the reverse logarithmic one is the logarithmic scale of what lacks to 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from localcloud.api.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from localcloud.services.sagemaker.store import Record

# A range of positive numbers that is so wide is looked through by orders of magnitude, if nobody says how.
_WIDE = 100.0


class Tunable(Protocol):
    @property
    def name(self) -> str: ...

    def distribution(self) -> Any:
        """The optimiser's form."""

    def text(self, inner: Any) -> str:
        """The hyperparameter for a value of the optimiser's."""

    def inner(self, text: str) -> Any:
        """The optimiser's value for a hyperparameter; ValueError where it is not of the range."""


@dataclass(frozen=True)
class Number:
    """An integer or a real number between two others."""

    name: str
    low: float
    high: float
    whole: bool
    scale: str

    def distribution(self) -> Any:
        from optuna.distributions import FloatDistribution, IntDistribution

        logarithmic = self.scale != "Linear"
        if self.whole:
            return IntDistribution(int(self.low), int(self.high), log=logarithmic)
        low, high = (1 - self.high, 1 - self.low) if self._reverse else (self.low, self.high)
        return FloatDistribution(low, high, log=logarithmic)

    def text(self, inner: Any) -> str:
        value = 1 - inner if self._reverse else inner
        return str(int(value)) if self.whole else repr(float(min(max(value, self.low), self.high)))

    def inner(self, text: str) -> Any:
        value = int(text) if self.whole else float(text)
        if not self.low <= value <= self.high:
            raise ValueError(text)
        return 1 - value if self._reverse else value

    @property
    def _reverse(self) -> bool:
        return self.scale == "ReverseLogarithmic"


@dataclass(frozen=True)
class Choice:
    """One of some words."""

    name: str
    words: tuple[str, ...]

    def distribution(self) -> Any:
        from optuna.distributions import CategoricalDistribution

        return CategoricalDistribution(self.words)

    def text(self, inner: Any) -> str:
        return str(inner)

    def inner(self, text: str) -> Any:
        if text not in self.words:
            raise ValueError(text)
        return text


def tunables(ranges: Record) -> list[Tunable]:
    """The ParameterRanges of a request. Raises ApiError."""
    found: list[Tunable] = [
        *(_number(item, whole=True) for item in ranges.get("IntegerParameterRanges", [])),
        *(_number(item, whole=False) for item in ranges.get("ContinuousParameterRanges", [])),
        *(_choice(item) for item in ranges.get("CategoricalParameterRanges", [])),
    ]
    names = [each.name for each in found]
    for name in names:
        if names.count(name) > 1:
            raise _wrong(name, "has more than one range")
    return found


def combinations(found: Sequence[Tunable]) -> int:
    """How many different hyperparameters a grid of choices has."""
    return math.prod(len(each.words) for each in found if isinstance(each, Choice))


def _choice(item: Record) -> Choice:
    if len(set(item["Values"])) != len(item["Values"]):
        raise _wrong(item["Name"], "has a value twice")
    return Choice(item["Name"], tuple(item["Values"]))


def _number(item: Record, *, whole: bool) -> Number:
    name, read = item["Name"], int if whole else float
    low, high = (_read(name, item[end], read) for end in ("MinValue", "MaxValue"))
    if low > high:
        raise _wrong(name, f"has a MinValue ({item['MinValue']}) above its MaxValue ({item['MaxValue']})")
    scale = item.get("ScalingType", "Auto")
    for fault in _of_scale(scale, low, high, whole=whole):
        raise _wrong(name, fault)
    if scale == "Auto":
        scale = "Logarithmic" if low > 0 and high / low >= _WIDE else "Linear"
    return Number(name, low, high, whole, scale)


def _of_scale(scale: str, low: float, high: float, *, whole: bool) -> Iterator[str]:
    if scale == "Logarithmic" and low <= 0:
        yield "cannot be scaled logarithmically: its values are not all greater than 0"
    if scale == "ReverseLogarithmic":
        if whole:
            yield "cannot be scaled reverse logarithmically: it is an integer range"
        elif low < 0 or high >= 1:
            yield "cannot be scaled reverse logarithmically: its values are not all within 0 <= x < 1"


def _read(name: str, text: str, read: Callable[[str], float]) -> float:
    try:
        value = read(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _wrong(name, f"has a bound that is not a number of its kind: {text!r}")
    return value


def _wrong(name: str, fault: str) -> ApiError:
    return ApiError("ValidationException", f"The hyperparameter range {name} {fault}.")

"""The Condition block of a statement.

All operators of a block and all keys of an operator must hold; of a key's values one must, or with a negated
operator none. A key that the request does not have fails a plain operator and satisfies a negated one.
A key or an operator that is not known here is `Unknown`: the caller decides what that means.
"""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from localcloud.iam.patterns import filled, matches, matches_arn

Test = Callable[[str, str], bool]


class Unknown(Exception):
    """The policy asks for what is not modelled: the text says what."""


@dataclass(frozen=True)
class Condition:
    """One key of one operator. `key` is in lower case."""

    operator: str
    key: str
    values: tuple[str, ...]
    if_exists: bool = False
    quantifier: str = ""

    def holds(self, context: Mapping[str, Any], known: Callable[[str], bool]) -> bool:
        value = context.get(self.key)
        if value is None and not known(self.key):
            raise Unknown(f"the condition key {self.key}")
        if self.operator == "null":
            return (value is None) == (self.values[0].lower() == "true")
        test, negated = _test(self.operator)
        if value is None:
            return self._holds_without(negated)
        given = value if isinstance(value, list | tuple) else [value]
        wanted = [text for text in (filled(v, context) for v in self.values) if text is not None]
        return self._compare([str(item) for item in given], wanted, test, negated)

    def _holds_without(self, negated: bool) -> bool:
        if self.quantifier == "forallvalues":
            return True
        return self.if_exists or (negated and self.quantifier != "foranyvalue")

    def _compare(self, given: list[str], wanted: list[str], test: Test, negated: bool) -> bool:
        fits = (any(test(item, text) for text in wanted) != negated for item in given)
        return any(fits) if self.quantifier == "foranyvalue" else all(fits)


def conditions_of(block: Any) -> tuple[Condition, ...]:
    if not isinstance(block, Mapping):
        return ()
    found = []
    for name, keys in block.items():
        quantifier, _, operator = name.rpartition(":")
        operator, if_exists = operator.lower(), operator.lower().endswith("ifexists")
        operator = operator.removesuffix("ifexists")
        for key, values in keys.items():
            listed = values if isinstance(values, list) else [values]
            texts = tuple(str(v).lower() if isinstance(v, bool) else str(v) for v in listed)
            found.append(Condition(operator, key.lower(), texts, if_exists, quantifier.lower()))
    return tuple(found)


def _test(operator: str) -> tuple[Test, bool]:
    """How one value is compared, and whether the operator is a negated one."""
    if operator in _TESTS:
        return _TESTS[operator], False
    plain = operator.replace("not", "", 1)
    if operator in _NEGATED and plain in _TESTS:
        return _TESTS[plain], True
    raise Unknown(f"the condition operator {operator}")


def _number(compare: Callable[[float, float], bool]) -> Test:
    def test(given: str, wanted: str) -> bool:
        try:
            return compare(float(given), float(wanted))
        except ValueError:
            return False

    return test


def _date(compare: Callable[[float, float], bool]) -> Test:
    def test(given: str, wanted: str) -> bool:
        try:
            return compare(_moment(given), _moment(wanted))
        except ValueError:
            return False

    return test


def _moment(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _in_network(given: str, wanted: str) -> bool:
    try:
        return ipaddress.ip_address(given) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


def _same_bytes(given: str, wanted: str) -> bool:
    try:
        return base64.b64decode(given) == base64.b64decode(wanted)
    except ValueError:
        return False


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "equals": lambda a, b: a == b,
    "lessthan": lambda a, b: a < b,
    "lessthanequals": lambda a, b: a <= b,
    "greaterthan": lambda a, b: a > b,
    "greaterthanequals": lambda a, b: a >= b,
}
_TESTS: dict[str, Test] = {
    "stringequals": lambda given, wanted: given == wanted,
    "stringequalsignorecase": lambda given, wanted: given.lower() == wanted.lower(),
    "stringlike": lambda given, wanted: matches(wanted, given),
    "arnequals": lambda given, wanted: matches_arn(wanted, given),
    "arnlike": lambda given, wanted: matches_arn(wanted, given),
    "bool": lambda given, wanted: given.lower() == wanted.lower(),
    "binaryequals": _same_bytes,
    "ipaddress": _in_network,
    **{f"numeric{name}": _number(compare) for name, compare in _COMPARISONS.items()},
    **{f"date{name}": _date(compare) for name, compare in _COMPARISONS.items()},
}
_NEGATED = frozenset(
    {
        "stringnotequals",
        "stringnotequalsignorecase",
        "stringnotlike",
        "numericnotequals",
        "datenotequals",
        "notipaddress",
        "arnnotequals",
        "arnnotlike",
    }
)

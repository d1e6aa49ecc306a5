"""Whether a record meets a SearchExpression, in AWS's rules.

A property is named by its path (`InputDataConfig.ChannelName`), and a path through a list stands for every
item of it. `Metrics.x`, `HyperParameters.x` and `Tags.x` are named by key. Two values are compared as numbers
or as times where the record has such, else as texts. The cost: a property that a record lacks is not an
error, since most properties are optional; only a name that no record of the kind can have is refused, in
operations.py.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from localcloud.api.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from localcloud.services.sagemaker.store import Record

MOST_CONDITIONS = 50
_ORDERED = {
    "GreaterThan": lambda a, b: a > b,
    "GreaterThanOrEqualTo": lambda a, b: a >= b,
    "LessThan": lambda a, b: a < b,
    "LessThanOrEqualTo": lambda a, b: a <= b,
}


def meets(record: Record, expression: Mapping[str, Any]) -> bool:
    """Whether the record is wanted; an empty expression wants every record."""
    answers = list(_answers(record, expression))
    either = expression.get("Operator", "And") == "Or"
    return (any(answers) if either else all(answers)) if answers else True


def check(expression: Mapping[str, Any]) -> list[str]:
    """The properties that it names. Raises ApiError for an expression that AWS refuses."""
    filters = list(_filters(expression))
    if len(filters) > MOST_CONDITIONS:
        message = (
            f"A SearchExpression can have at most {MOST_CONDITIONS} conditions, this has {len(filters)}."
        )
        raise ApiError("ValidationException", message)
    if sum(item.get("Operator") == "Contains" for item in filters) > 1:
        raise ApiError("ValidationException", "'CONTAINS' operator usage limit of 1 exceeded.")
    for item in filters:
        if item.get("Operator", "Equals") not in ("Exists", "NotExists") and "Value" not in item:
            message = f"Value must be set for the filter of {item['Name']}."
            raise ApiError("ValidationException", message)
    return [item["Name"] for item in filters]


def values_at(record: Any, path: str) -> list[Any]:
    """Every value that a path leads to; none where the record lacks it."""
    first, _, rest = path.partition(".")
    if first in ("Metrics", "Tags", "HyperParameters", "Environment", "CustomerMetadataProperties") and rest:
        value = _named(record, first, rest)
        return [] if value is None else [value]
    found = record.get(first) if isinstance(record, dict) else None
    items = found if isinstance(found, list) else [found]
    present = [item for item in items if item is not None]
    if not rest:
        return present
    return [value for item in present for value in values_at(item, rest)]


def _named(record: Record, group: str, key: str) -> Any:
    if group == "Metrics":
        pairs = [(item["MetricName"], item["Value"]) for item in record.get("FinalMetricDataList", [])]
    elif group == "Tags":
        pairs = [(item["Key"], item["Value"]) for item in record.get("Tags", [])]
    else:
        pairs = list(record.get(group, {}).items())
    return dict(pairs).get(key)


def _answers(record: Record, expression: Mapping[str, Any]) -> Iterator[bool]:
    for item in expression.get("Filters", []):
        yield _holds(values_at(record, item["Name"]), item)
    for nested in expression.get("NestedFilters", []):
        yield _holds_together(record, nested)
    for inner in expression.get("SubExpressions", []):
        yield meets(record, inner)


def _holds_together(record: Record, nested: Mapping[str, Any]) -> bool:
    """One item of the list has to meet all the filters; their names begin with the list's own."""
    prefix = f"{nested['NestedPropertyName']}."
    return any(
        all(_holds(values_at(item, given["Name"].removeprefix(prefix)), given) for given in nested["Filters"])
        for item in values_at(record, nested["NestedPropertyName"])
    )


def _holds(values: list[Any], condition: Mapping[str, str]) -> bool:
    operator, wanted = condition.get("Operator", "Equals"), condition.get("Value", "")
    if operator in ("NotExists", "NotEquals"):
        opposite = {"NotExists": "Exists", "NotEquals": "Equals"}[operator]
        return not any(_one_holds(opposite, value, wanted) for value in values)
    return any(_one_holds(operator, value, wanted) for value in values)


def _one_holds(operator: str, value: Any, wanted: str) -> bool:
    if operator == "Exists":
        return True
    if operator == "Equals":
        return _equal(value, wanted)
    if operator == "In":
        return any(_equal(value, one.strip()) for one in wanted.split(","))
    if operator == "Contains":
        return wanted in str(value)
    return _ordered(operator, value, wanted)


def _equal(value: Any, wanted: str) -> bool:
    if isinstance(value, bool):
        return str(value).lower() == wanted.lower()
    left, right = _comparable(value, wanted)
    return bool(left == right)


def _ordered(operator: str, value: Any, wanted: str) -> bool:
    left, right = _comparable(value, wanted)
    if isinstance(left, str):
        raise ApiError("ValidationException", f"{operator} is not supported for text: '{left}'.")
    return bool(_ORDERED[operator](left, right))


def _comparable(value: Any, wanted: str) -> tuple[Any, Any]:
    """Both as numbers where that can be (a time is a number of seconds), else both as texts."""
    numbers = number_of(value), number_of(wanted)
    if isinstance(value, float) and numbers[1] is None:
        numbers = (value, _seconds(wanted))
    if numbers[0] is None or numbers[1] is None:
        return str(value), wanted
    return numbers


def number_of(value: Any) -> float | None:
    """The number that it is, or says; the words nan and inf are texts like others."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _seconds(text: str) -> float | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _filters(expression: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    yield from expression.get("Filters", [])
    for nested in expression.get("NestedFilters", []):
        yield from nested["Filters"]
    for inner in expression.get("SubExpressions", []):
        yield from _filters(inner)

"""The functions that Step Functions adds to JSONata, and those of jsonata-python that must refuse what
AWS refuses.

AWS documents: arguments that must be whole numbers are rounded down; `$random` with a seed repeats
itself (its values are not AWS's own); `$eval` does not exist, `$parse` reads JSON.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import re
import uuid
from collections.abc import Callable
from typing import Any

import jsonata

_LIMIT = 1000
_ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_ISO = re.compile(r"^\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?$")

_NUMBER = re.compile(r"^\s*(-?\d+(\.\d+)?([eE][-+]?\d+)?|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+)\s*$")


class FunctionError(Exception):
    """A function refused its arguments."""


def nulls_in(value: Any) -> Any:
    """Python's None as JSONata's null (None means undefined there); what has none in it stays the same
    object.
    """
    if value is None:
        return jsonata.Utils.NULL_VALUE
    if isinstance(value, dict):
        changed = {key: nulls_in(item) for key, item in value.items()}
        return value if all(changed[key] is value[key] for key in changed) else changed
    if isinstance(value, list):
        items = [nulls_in(item) for item in value]
        return value if all(new is old for new, old in zip(items, value, strict=True)) else items
    return value


def _whole(value: Any, function: str) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise FunctionError(
            f"T0410: the arguments of ${function} must be numbers, not {json.dumps(value, default=str)}"
        )
    return math.floor(value)


def partition(array: Any = None, size: Any = None) -> Any:
    if array is None:
        return None
    items = array if isinstance(array, list) else [array]
    step = _whole(size, "partition")
    if step <= 0:
        raise FunctionError("$partition needs a size above 0")
    return [list(items[at : at + step]) for at in range(0, len(items), step)]


def range_(start: Any = None, end: Any = None, delta: Any = None) -> list[int] | int:
    first, last, step = _whole(start, "range"), _whole(end, "range"), _whole(delta, "range")
    if step == 0:
        raise FunctionError("$range needs a step other than 0")
    values = list(range(first, last + (1 if step > 0 else -1), step))
    if len(values) > _LIMIT:
        raise FunctionError(f"$range makes at most {_LIMIT} values, not {len(values)}")
    # Of a single value AWS makes no array, as JSONata does of its own sequences.
    return values[0] if len(values) == 1 else values


def hash_(data: Any = None, algorithm: Any = None) -> str:
    if algorithm not in _ALGORITHMS:
        raise FunctionError(f"$hash knows {', '.join(_ALGORITHMS)}, not {json.dumps(algorithm, default=str)}")
    text = data if isinstance(data, str) else json.dumps(data, separators=(",", ":"), default=str)
    return hashlib.new(_ALGORITHMS[algorithm], text.encode(), usedforsecurity=False).hexdigest()


def random_(seed: Any = None) -> float:
    generator = random.Random() if seed is None else random.Random(_whole(seed, "random"))  # noqa: S311 - not a secret
    return generator.random()


def uuid_() -> str:
    return str(uuid.uuid4())


def parse(text: Any = None) -> Any:
    if text is None:
        return None
    if not isinstance(text, str):
        raise FunctionError(f"$parse needs a string, not {json.dumps(text, default=str)}")
    try:
        return nulls_in(json.loads(text, parse_constant=_no_constant))
    except ValueError as error:
        raise FunctionError(f"$parse found no JSON: {error}") from error


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def distinct(value: Any = None) -> Any:
    found = jsonata.Functions.distinct(value)
    # An array of one is an array in the reference; the port unwraps it.
    return list(found) if isinstance(value, list) and not jsonata.Utils.is_sequence(value) else found


def eval_(*_: Any) -> Any:
    raise FunctionError("T1006: $eval is not available in Step Functions; use $parse")


def to_millis(timestamp: Any = None, picture: Any = None) -> Any:
    if (
        timestamp is not None
        and picture is None
        and not (isinstance(timestamp, str) and _ISO.match(timestamp))
    ):
        raise FunctionError(
            "D3110: The argument of the toMillis function must be an ISO 8601 formatted timestamp. "
            f'Given "{timestamp}"'
        )
    return jsonata.Functions.datetime_to_millis(timestamp, picture)


def number(value: Any = None) -> Any:
    if isinstance(value, str) and not _NUMBER.match(value):
        raise FunctionError(f"D3030: Unable to cast value to a number: {json.dumps(value)}")
    if value is not None and not isinstance(value, (str, int, float)):
        raise FunctionError(
            f'T0410: Argument 1 of function "number" does not match function signature: {value}'
        )
    found = jsonata.Functions.number(value)
    return int(found) if isinstance(found, float) and found.is_integer() else found


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "partition": partition,
    "range": range_,
    "hash": hash_,
    "random": random_,
    "uuid": uuid_,
    "parse": parse,
    "eval": eval_,
    "distinct": distinct,
    "toMillis": to_millis,
    "number": number,
}

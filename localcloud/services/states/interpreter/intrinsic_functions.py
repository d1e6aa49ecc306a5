"""What the intrinsic functions compute, on plain JSON values. `FUNCTIONS` is the list of them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
import random
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class Refused(Exception):
    """The function cannot work on these arguments."""


@dataclass(frozen=True)
class Function:
    function: Callable[..., Any]
    least: int
    most: int


_LONGEST, _MOST_ITEMS = 10_000, 1000
_ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


def _array(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Refused(f"an array is needed, not {json.dumps(value)}")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Refused(f"a string is needed, not {json.dumps(value)}")
    if len(value) > _LONGEST:
        raise Refused(f"a string of at most {_LONGEST} characters is needed, not of {len(value)}")
    return value


def _whole(value: Any) -> int:
    """Numbers are rounded to the nearest integer, as Java does it."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Refused(f"a number is needed, not {json.dumps(value)}")
    return value if isinstance(value, int) else math.floor(value + 0.5)


def format_(template: Any, *values: Any) -> str:
    pieces = re.split(r"(?<!\\)\{\}", _plain_text(template))
    if len(pieces) - 1 != len(values):
        raise Refused(f"the template has {len(pieces) - 1} places for {len(values)} values")
    texts = [*(shown(value) for value in values), ""]
    return "".join(_unescaped(piece) + text for piece, text in zip(pieces, texts, strict=True))


def _plain_text(value: Any) -> str:
    if not isinstance(value, str):
        raise Refused(f"the template must be a string, not {json.dumps(value)}")
    return value


def _unescaped(text: str) -> str:
    return text.replace("\\{", "{").replace("\\}", "}")


def shown(value: Any) -> str:
    """A value inside a text; objects and arrays are shown the way Java shows its collections."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return f"[{', '.join(shown(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={shown(item)}" for key, item in value.items()) + "}"
    return json.dumps(value)


def string_to_json(text: Any) -> Any:
    if text is None or (isinstance(text, str) and not text.strip()):
        return None
    try:
        return json.loads(_plain_text(text))
    except ValueError as error:
        raise Refused(f"no JSON: {error}") from error


def json_to_string(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def array(*values: Any) -> list[Any]:
    return list(values)


def array_partition(items: Any, size: Any) -> list[Any]:
    step = _whole(size)
    if step <= 0:
        raise Refused("the size of a part must be above 0")
    return [items[at : at + step] for at in range(0, len(_array(items)), step)]


def array_contains(items: Any, value: Any) -> bool:
    return any(_same(item, value) for item in _array(items))


def _same(one: Any, other: Any) -> bool:
    # True is not 1 in JSON.
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True) or (
        one == other and isinstance(one, bool) == isinstance(other, bool)
    )


def array_range(first: Any, last: Any, step: Any) -> list[int]:
    start, end, by = _whole(first), _whole(last), _whole(step)
    if by == 0:
        raise Refused("the step cannot be 0")
    values = list(range(start, end + (1 if by > 0 else -1), by))
    if len(values) > _MOST_ITEMS:
        raise Refused(f"an array of at most {_MOST_ITEMS} items can be made, not of {len(values)}")
    return values


def array_get_item(items: Any, index: Any) -> Any:
    at = _whole(index)
    if not 0 <= at < len(_array(items)):
        raise Refused(f"the index {at} is out of the bounds of an array of {len(items)} items")
    return items[at]


def array_length(items: Any) -> int:
    return len(_array(items))


def array_unique(items: Any) -> list[Any]:
    found: list[Any] = []
    for item in _array(items):
        if not array_contains(found, item):
            found.append(item)
    return found


def base64_encode(text: Any) -> str:
    return base64.b64encode(_text(text).encode()).decode()


def base64_decode(text: Any) -> str:
    try:
        return base64.b64decode(_text(text), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Refused(f"no text in base64: {error}") from error


def hash_(data: Any, algorithm: Any) -> str:
    if algorithm not in _ALGORITHMS:
        raise Refused(f"the algorithm must be one of {', '.join(_ALGORITHMS)}")
    return hashlib.new(_ALGORITHMS[algorithm], _text(data).encode(), usedforsecurity=False).hexdigest()


def json_merge(one: Any, other: Any, deep: Any) -> dict[str, Any]:
    if not isinstance(one, dict) or not isinstance(other, dict):
        raise Refused("both arguments to merge must be objects")
    if deep is not False:
        raise Refused("only shallow merging is supported: the third argument must be false")
    return {**one, **other}


def math_random(start: Any, end: Any, seed: Any = None) -> int:
    first, last = _whole(start), _whole(end)
    if last <= first:
        raise Refused("the end must be greater than the start")
    generator = random.Random(None if seed is None else _whole(seed))  # noqa: S311 - not a secret
    return generator.randrange(first, last)


def math_add(one: Any, other: Any) -> int:
    return _whole(one) + _whole(other)


def string_split(text: Any, separators: Any) -> list[str]:
    if not _plain_text(separators):
        return [_plain_text(text)]
    return [part for part in re.split("[" + re.escape(separators) + "]", _plain_text(text)) if part]


def uuid_() -> str:
    return str(uuid.uuid4())


FUNCTIONS = {
    "Format": Function(format_, 1, 100),
    "StringToJson": Function(string_to_json, 1, 1),
    "JsonToString": Function(json_to_string, 1, 1),
    "Array": Function(array, 0, 100),
    "ArrayPartition": Function(array_partition, 2, 2),
    "ArrayContains": Function(array_contains, 2, 2),
    "ArrayRange": Function(array_range, 3, 3),
    "ArrayGetItem": Function(array_get_item, 2, 2),
    "ArrayLength": Function(array_length, 1, 1),
    "ArrayUnique": Function(array_unique, 1, 1),
    "Base64Encode": Function(base64_encode, 1, 1),
    "Base64Decode": Function(base64_decode, 1, 1),
    "Hash": Function(hash_, 2, 2),
    "JsonMerge": Function(json_merge, 3, 3),
    "MathRandom": Function(math_random, 2, 3),
    "MathAdd": Function(math_add, 2, 2),
    "StringSplit": Function(string_split, 2, 2),
    "UUID": Function(uuid_, 0, 0),
}

"""Checks a request against botocore's model, and reports faults in AWS's words.

A wrong JSON type is a SerializationException, everything else a ValidationException that lists all faults.
In one thing this is stricter than AWS, on purpose: a member that the model does not know is refused, where
AWS ignores it, because a misspelled member that does nothing is the more expensive error. The cost: a
request that uses a member newer than our botocore is refused until botocore is raised.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from localcloud.api.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator

# The model's patterns are Java's; Python's `re` has no \p classes. \w also lets "_" through, which every
# pattern that uses \p{L} allows anyway.
_JAVA_CLASSES = {
    r"\p{L}": r"\w",
    r"\p{N}": r"\d",
    r"\p{M}": "\u0300-\u036f",
    r"\p{Z}": " \u00a0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
    r"\p{S}": r"$+<=>^`|~\u00a2-\u00a9\u00ac\u00ae-\u00b1\u00b4\u20a0-\u20bf\u2100-\u2bff",
    r"\p{P}": r"!-#%-*,-/:;?@\[-\]_{}\u00a1\u00a7\u00ab\u00b6\u00b7\u00bb\u00bf\u2010-\u2027\u2030-\u205e",
    r"\p{Alnum}": "a-zA-Z0-9",
    r"\p{ASCII}": r"\x00-\x7f",
    r"\p{Print}": r"\x20-\x7e",
}
_BRACKETS_OR_CLASS = re.compile(r"\[(?:\\.|[^\]\\])*\]|\\p\{\w+\}")
_NUMBERS = {"integer", "long", "float", "double"}


def validate(shape: StructureShape | None, payload: Any) -> None:
    """Raises ApiError where the payload is not a valid request of this shape."""
    if not isinstance(payload, dict):
        raise ApiError("SerializationException", "The request's body is not a JSON object.")
    if shape is None:
        shape = StructureShape("Empty", {"type": "structure", "members": {}})
    faults = list(_faults(shape, payload, ""))
    if faults:
        noun = "error" if len(faults) == 1 else "errors"
        text = "; ".join(faults)
        raise ApiError("ValidationException", f"{len(faults)} validation {noun} detected: {text}")


def _faults(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        yield from _structure(shape, value, path)
    elif isinstance(shape, ListShape):
        yield from _list(shape, value, path)
    elif isinstance(shape, MapShape):
        yield from _map(shape, value, path)
    elif isinstance(shape, StringShape) or shape.type_name == "string":
        yield from _string(shape, value, path)
    else:
        yield from _scalar(shape, value, path)


def _structure(shape: StructureShape, value: Any, path: str) -> Iterator[str]:
    _expect(isinstance(value, dict), "a JSON object", value, path)
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"Value null at '{_at(path, name)}' failed to satisfy constraint: Member must not be null"
    for name, item in value.items():
        if name not in shape.members:
            yield f"Value at '{_at(path, name)}' failed to satisfy constraint: there is no member {name} here"
        elif item is not None:
            yield from _faults(shape.members[name], item, _at(path, name))
    set_members = [name for name in value if value[name] is not None]
    if shape.is_tagged_union and len(set_members) != 1:
        yield f"Value at '{path}' failed to satisfy constraint: Exactly one member of this union must be set"


def _list(shape: ListShape, value: Any, path: str) -> Iterator[str]:
    _expect(isinstance(value, list), "a JSON array", value, path)
    yield from _length(shape, len(value), value, path)
    for index, item in enumerate(value, 1):
        yield from _faults(shape.member, item, f"{path}.{index}.member")


def _map(shape: MapShape, value: Any, path: str) -> Iterator[str]:
    _expect(isinstance(value, dict), "a JSON object", value, path)
    yield from _length(shape, len(value), value, path)
    for key, item in value.items():
        yield from _faults(shape.key, key, f"{path}.key")
        yield from _faults(shape.value, item, f"{path}.{key}.member")


def _string(shape: Shape, value: Any, path: str) -> Iterator[str]:
    _expect(isinstance(value, str), "a string", value, path)
    yield from _length(shape, len(value), value, path)
    allowed = getattr(shape, "enum", None)
    if allowed and value not in allowed:
        yield _constraint(value, path, f"Member must satisfy enum value set: [{', '.join(allowed)}]")
    pattern = shape.metadata.get("pattern")
    compiled = _python_pattern(pattern) if pattern else None
    if compiled is not None and not compiled.fullmatch(value):
        yield _constraint(value, path, f"Member must satisfy regular expression pattern: {pattern}")


def _scalar(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if shape.type_name == "boolean":
        _expect(isinstance(value, bool), "true or false", value, path)
    elif shape.type_name == "timestamp":
        number = isinstance(value, int | float) and not isinstance(value, bool)
        _expect(number, "a time in seconds since 1970", value, path)
    elif shape.type_name in _NUMBERS:
        whole = shape.type_name in {"integer", "long"}
        fits = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
        _expect(fits, "a whole number" if whole else "a number", value, path)
        yield from _range(shape, value, path)


def _range(shape: Shape, value: float, path: str) -> Iterator[str]:
    lowest, highest = shape.metadata.get("min"), shape.metadata.get("max")
    if lowest is not None and value < lowest:
        yield _constraint(value, path, f"Member must have value greater than or equal to {lowest}")
    if highest is not None and value > highest:
        yield _constraint(value, path, f"Member must have value less than or equal to {highest}")


def _length(shape: Shape, length: int, value: Any, path: str) -> Iterator[str]:
    lowest, highest = shape.metadata.get("min"), shape.metadata.get("max")
    if lowest is not None and length < lowest:
        yield _constraint(value, path, f"Member must have length greater than or equal to {lowest}")
    if highest is not None and length > highest:
        yield _constraint(value, path, f"Member must have length less than or equal to {highest}")


@cache
def _python_pattern(pattern: str) -> re.Pattern[str] | None:
    """The Java pattern for Python; None where Python cannot say it, and then the pattern is not checked."""
    pattern = _BRACKETS_OR_CLASS.sub(_in_python, pattern).replace(r"\z", r"\Z")
    # Some patterns of the model end in "${1,256}", a repeated anchor, which Java accepts and Python does not.
    pattern = re.sub(r"\$\{\d+,\d+\}$", "$", pattern)
    try:
        return re.compile(pattern)
    except re.error:
        return None


def _in_python(found: re.Match[str]) -> str:
    """What stands in brackets, or a class that stands alone and needs some."""
    text = found.group()
    inside = text.startswith("[")
    for java, python in _JAVA_CLASSES.items():
        text = text.replace(java, python if inside else f"[{python}]")
    return text


def _constraint(value: Any, path: str, constraint: str) -> str:
    shown = str(value)
    shown = shown if len(shown) <= 200 else shown[:200] + "…"
    return f"Value '{shown}' at '{path}' failed to satisfy constraint: {constraint}"


def _expect(right: bool, wanted: str, value: Any, path: str) -> None:
    if not right:
        message = f"The value at '{path}' must be {wanted}, not {type(value).__name__}."
        raise ApiError("SerializationException", message)


def _at(path: str, name: str) -> str:
    """AWS names members in its messages in lowerCamel: resourceConfig.instanceCount."""
    lower = name[:1].lower() + name[1:]
    return f"{path}.{lower}" if path else lower

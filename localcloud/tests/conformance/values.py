"""Values and requests made from botocore's model: right ones by Hypothesis, wrong ones by breaking each
constraint in turn."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from hypothesis import strategies as st

from localcloud.api.validation import _python_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])
_MOST_CHARACTERS, _MOST_ITEMS = 40, 2
# Below this only required members are made.
_DEEPEST = 7
# A model's numbers without a limit of their own.
_NUMBERS = (1, 1000)


def of(shape: Shape, depth: int = 0, whole: bool = False) -> st.SearchStrategy[Any]:
    """Any value that the model allows, in the wire's form; a whole one has every member that there is."""
    if isinstance(shape, StructureShape):
        return _structure(shape, depth, whole)
    low, high = _sizes(shape, _MOST_ITEMS)
    low = max(low, 1) if whole else low
    if isinstance(shape, ListShape):
        return st.lists(of(shape.member, depth + 1, whole), min_size=low, max_size=high)
    if isinstance(shape, MapShape):
        values = of(shape.value, depth + 1, whole)
        return st.dictionaries(of(shape.key), values, min_size=low, max_size=high)
    if shape.type_name == "string":
        return _string(shape)
    return _scalar(shape)


def _structure(shape: StructureShape, depth: int, whole: bool) -> st.SearchStrategy[dict[str, Any]]:
    made = {} if depth >= _DEEPEST else {name: of(it, depth + 1, whole) for name, it in _members(shape)}
    if shape.is_tagged_union:
        one = [
            of(item, depth + 1, whole).map(lambda value, name=name: {name: value})
            for name, item in _members(shape)
        ]
        return st.one_of(one)
    if whole:
        return st.fixed_dictionaries(made)
    needed = {name: of(item, depth + 1) for name, item in _members(shape) if _required(shape, name)}
    return st.fixed_dictionaries(
        needed, optional={name: item for name, item in made.items() if name not in needed}
    )


def _members(shape: StructureShape) -> Iterator[tuple[str, Shape]]:
    yield from shape.members.items()


def _required(shape: StructureShape, name: str) -> bool:
    return name in shape.required_members


def _string(shape: Shape) -> st.SearchStrategy[str]:
    low, high = _sizes(shape, _MOST_CHARACTERS)
    if allowed := getattr(shape, "enum", None):
        return st.sampled_from(allowed)
    pattern = _python_pattern(shape.metadata["pattern"]) if "pattern" in shape.metadata else None
    if pattern is None:
        return st.text(_CHARACTERS, min_size=low, max_size=high)
    most = shape.metadata.get("max", 10**9)
    matching = st.from_regex(pattern, fullmatch=True, alphabet=_CHARACTERS)
    return matching.filter(lambda text: low <= len(text) <= most)


def _scalar(shape: Shape) -> st.SearchStrategy[Any]:
    low, high = shape.metadata.get("min", _NUMBERS[0]), shape.metadata.get("max", _NUMBERS[1])
    if shape.type_name == "boolean":
        return st.booleans()
    if shape.type_name in ("float", "double"):
        return st.floats(low, high, allow_nan=False).map(lambda number: round(number, 3))
    if shape.type_name == "timestamp":
        return st.integers(1_600_000_000, 1_900_000_000)
    return st.integers(low, max(low, high))


def _sizes(shape: Shape, most: int) -> tuple[int, int]:
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", 10**9)
    return low, min(high, max(low, most))


@dataclass(frozen=True)
class Fault:
    """A request with one thing wrong, how it must be refused, and which words the message must have."""

    action: str
    what: str
    payload: dict[str, Any]
    code: str
    names: str


def faults(action: str, shape: StructureShape, good: dict[str, Any]) -> Iterator[Fault]:
    """Each constraint that the good request meets, broken."""
    yield _broken(action, good, [], "unknown member", {**good, "Nonsense": 1}, "nonsense")
    yield from _in_structure(action, shape, good, good, [])


def _in_structure(
    action: str, shape: StructureShape, whole: dict[str, Any], value: dict[str, Any], path: list[Any]
) -> Iterator[Fault]:
    for name in shape.required_members:
        without = {key: item for key, item in value.items() if key != name}
        yield _broken(action, whole, path, f"no {name}", without, _lower(name))
    for name, item in value.items():
        yield from _in_value(action, shape.members[name], whole, item, [*path, name])


def _in_value(
    action: str, shape: Shape, whole: dict[str, Any], value: Any, path: list[Any]
) -> Iterator[Fault]:
    named = next(_lower(part) for part in reversed(path) if isinstance(part, str))
    wrong = 7 if shape.type_name in ("string", "list", "map", "structure", "boolean") else "seven"
    yield _broken(action, whole, path, "wrong type", wrong, named, "SerializationException")
    for what, broken in _constraints(shape, value):
        yield _broken(action, whole, path, what, broken, named)
    if isinstance(shape, StructureShape):
        yield from _in_structure(action, shape, whole, value, path)
    elif isinstance(shape, ListShape) and value:
        yield from _in_value(action, shape.member, whole, value[0], [*path, 0])


def _constraints(shape: Shape, value: Any) -> Iterator[tuple[str, Any]]:
    """Values that break one constraint of the shape each."""
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if shape.type_name == "string":
        yield from _of_a_string(shape, low, high)
    elif shape.type_name == "list":
        if low:
            yield "too few", []
        if high and value and high <= 200:
            yield "too many", [value[0]] * (high + 1)
    elif shape.type_name in ("integer", "long", "float", "double"):
        if low is not None:
            yield "too small", low - 1
        if high is not None:
            yield "too large", high + 1


def _of_a_string(shape: Shape, low: int | None, high: int | None) -> Iterator[tuple[str, str]]:
    if getattr(shape, "enum", None):
        yield "no such word", "NoSuchWord"
        return
    if low:
        yield "too short", ""
    if high and high <= 5000:
        yield "too long", "a" * (high + 1)
    pattern = _python_pattern(shape.metadata["pattern"]) if "pattern" in shape.metadata else None
    for text in ("-\n-", " \t "):
        if pattern is not None and not pattern.fullmatch(text):
            yield "against the pattern", text
            return


def _broken(
    action: str,
    whole: dict[str, Any],
    path: list[Any],
    what: str,
    value: Any,
    names: str,
    code: str = "ValidationException",
) -> Fault:
    payload = value if not path else _replaced(whole, path, value)
    where = ".".join(map(str, path))
    return Fault(action, f"{where or 'request'}: {what}", payload, code, names)


def _replaced(whole: dict[str, Any], path: list[Any], value: Any) -> dict[str, Any]:
    made = copy.deepcopy(whole)
    inner: Any = made
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value
    return made


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]

"""Faults in the rules of a Choice state in JSONPath."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from localcloud.services.states.literals import is_timestamp, on_trust

_TESTS = {
    **{f"Is{kind}": bool for kind in ("Null", "Present", "String", "Numeric", "Boolean", "Timestamp")},
    **{f"{kind}{how}": of
       for kind, of in (("Numeric", (int, float)), ("String", str), ("Timestamp", str))
       for how in ("Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")},
    "BooleanEquals": bool,
    "StringMatches": str,
}  # fmt: skip
_BY_PATH = {f"{name}Path" for name in _TESTS if not name.startswith("Is") and name != "StringMatches"}
_COMPOSED = ("And", "Or", "Not")
_OF_RULE = {"Variable", "Next", "Comment", "Assign", "Output", "Condition", *_COMPOSED}


def problems(state: Mapping[str, Any]) -> Iterator[str]:
    for index, rule in enumerate(state.get("Choices") or []):
        if isinstance(rule, dict) and "Condition" not in rule:
            yield from _rule(rule, f"Choices[{index}]", top=True)


def _rule(rule: Mapping[str, Any], path: str, *, top: bool) -> Iterator[str]:
    if not top and "Next" in rule:
        yield f"{path}: Next belongs to the outermost rule"
    composed = [name for name in _COMPOSED if name in rule]
    for name in composed:
        inner = [rule[name]] if name == "Not" else rule[name]
        if not isinstance(inner, list) or not inner or not all(isinstance(item, dict) for item in inner):
            yield f"{path}.{name}: needs rules"
            continue
        for at, item in enumerate(inner):
            yield from _rule(item, f"{path}.{name}[{at}]", top=False)
    tests = [name for name in rule if name not in _OF_RULE]
    unknown = [name for name in tests if name not in _TESTS and name not in _BY_PATH]
    yield from (f"{path}: there is no test {name!r}" for name in unknown)
    if not unknown and len(tests) + len(composed) != 1:
        yield f"{path}: needs exactly one test, not {len(tests) + len(composed)}"
    if tests and "Variable" not in rule:
        yield f"{path}: needs Variable"
    for name in tests:
        yield from _test(name, rule[name], f"{path}.{name}")


def _test(name: str, value: Any, path: str) -> Iterator[str]:
    if on_trust(value):
        return
    if name in _BY_PATH and not (isinstance(value, str) and value.startswith("$")):
        yield f"{path}: {value!r} is not a path"
    wanted = _TESTS.get(name)
    if wanted is not None and (
        not isinstance(value, wanted) or (wanted is not bool and isinstance(value, bool))
    ):
        yield f"{path}: {value!r} is of the wrong type"
    elif name.startswith("Timestamp") and name in _TESTS and not is_timestamp(value):
        yield f"{path}: {value!r} is not an ISO-8601 date and time with a zone"

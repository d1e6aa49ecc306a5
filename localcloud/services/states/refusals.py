"""Further faults of definitions for which AWS answers InvalidDefinition: values of fields, and fields
that exclude others.

`validate` walks the machine and its states; this module looks at one state at a time. Where a value is
a substitution of the template (`${Name}`) or an expression, it is taken on trust.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from localcloud.services.states import choice_rules
from localcloud.services.states.interpreter.fields import states_of
from localcloud.services.states.interpreter.intrinsic_syntax import IntrinsicSyntax, read
from localcloud.services.states.literals import is_timestamp, on_trust

_SOURCES = ("$", "States.")
_LONGEST_WAIT = 99_999_999
_PAIRS = (
    "TimeoutSeconds", "HeartbeatSeconds", "MaxConcurrency", "ToleratedFailureCount",
    "ToleratedFailurePercentage",
)  # fmt: skip
_DISTRIBUTED_ONLY = ("ItemReader", "ItemBatcher", "ResultWriter", "Label")
_REFERENCE = re.compile(r"^\$(\.[^.\[\]*?@()]+|\[\d+\]|\['[^']*'\]|\[\"[^\"]*\"\])*$")
_VARIABLE = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,79}$")


def problems(state: Mapping[str, Any], language: str) -> Iterator[str]:
    """What is wrong inside one state."""
    yield from _pairs(state)
    yield from _paths(state)
    yield from _variables(state)
    if language == "JSONPath":
        yield from _templates(state)
    else:
        yield from _no_eval(state)
    yield from _OF_TYPE.get(str(state.get("Type")), _nothing)(state)


def names_twice(machine: Mapping[str, Any], seen: set[str] | None = None) -> Iterator[str]:
    """Names that several states have: a name is unique in a definition, across all of its scopes."""
    seen = set() if seen is None else seen
    states = machine.get("States")
    for name, state in states.items() if isinstance(states, dict) else ():
        if name in seen:
            yield f"{name}: a state of this name exists already in another scope of the definition"
        seen.add(name)
        if isinstance(state, dict):
            branches = state.get("Branches")
            for inner in (
                state.get("ItemProcessor") or state.get("Iterator"),
                *(branches if isinstance(branches, list) else ()),
            ):
                if isinstance(inner, dict):
                    yield from names_twice(inner, seen)


def express(machine: Mapping[str, Any]) -> Iterator[str]:
    """What only a standard machine can do: it takes longer than an express execution may."""
    for name, state, _ in states_of(machine, "JSONPath"):
        resource = str(state.get("Resource", ""))
        for pattern in (".sync", ".waitForTaskToken"):
            if pattern in resource:
                yield f"{name}: Express state machine does not support '{pattern}' service integration"
        if ":activity:" in resource:
            yield f"{name}: Express state machine does not support activities"
        inner = state.get("ItemProcessor") or {}
        if isinstance(inner, dict) and (inner.get("ProcessorConfig") or {}).get("Mode") == "DISTRIBUTED":
            yield f"{name}: Express state machine does not support a distributed Map"


def _nothing(_: Mapping[str, Any]) -> Iterator[str]:
    yield from ()


def _pairs(state: Mapping[str, Any]) -> Iterator[str]:
    for name in _PAIRS:
        if {name, f"{name}Path"} <= state.keys():
            yield f"{name} and {name}Path cannot stand together"
    limit, beat = state.get("TimeoutSeconds"), state.get("HeartbeatSeconds")
    if isinstance(limit, int) and isinstance(beat, int) and beat >= limit:
        yield f"HeartbeatSeconds ({beat}) must be smaller than TimeoutSeconds ({limit})"


def _paths(state: Mapping[str, Any]) -> Iterator[str]:
    for name in (
        "InputPath",
        "OutputPath",
        "ItemsPath",
        "SecondsPath",
        "TimestampPath",
        "TimeoutSecondsPath",
    ):
        value = state.get(name)
        if not (value is None or on_trust(value) or (isinstance(value, str) and value.startswith(_SOURCES))):
            yield f"{name}: {value!r} is not a path"
    value = state.get("ResultPath")
    if value is not None and not on_trust(value) and not (isinstance(value, str) and _REFERENCE.match(value)):
        yield f"ResultPath: {value!r} is not a reference path"


def _variables(state: Mapping[str, Any]) -> Iterator[str]:
    holders = [state, *(state.get("Choices") or []), *(state.get("Catch") or [])]
    for holder in holders:
        assigned = holder.get("Assign") if isinstance(holder, dict) else None
        for name in assigned if isinstance(assigned, dict) else ():
            plain = name.removesuffix(".$")
            if not _VARIABLE.match(plain) or plain == "states":
                yield f"Assign: {name!r} cannot be the name of a variable"


def _templates(state: Mapping[str, Any]) -> Iterator[str]:
    for name in ("Parameters", "ResultSelector", "ItemSelector", "Assign"):
        yield from _template(state.get(name), name)
    for name in ("ErrorPath", "CausePath"):
        if isinstance(state.get(name), str):
            yield from _path_or_call(state[name], name)


def _template(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key.endswith(".$"):
                yield from _path_or_call(item, f"{path}.{key}")
            else:
                yield from _template(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _template(item, f"{path}[{index}]")


def _path_or_call(value: Any, path: str) -> Iterator[str]:
    if on_trust(value) or (isinstance(value, str) and value.startswith("$")):
        return
    if not isinstance(value, str) or not value.startswith("States."):
        yield f"{path}: the value must be a path or an intrinsic function, not {value!r}"
        return
    try:
        read(value)
    except IntrinsicSyntax as error:
        yield f"{path}: {value!r}: {error}"


def _no_eval(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("{%") and re.search(r"\$eval\s*\(", value):
        yield f"{value}: $eval is not available; use $parse"
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key not in ("ItemProcessor", "Iterator", "Branches"):
                yield from _no_eval(item)
    elif isinstance(value, list):
        for item in value:
            yield from _no_eval(item)


def _wait(state: Mapping[str, Any]) -> Iterator[str]:
    seconds, timestamp = state.get("Seconds"), state.get("Timestamp")
    if seconds is not None and not on_trust(seconds):
        whole = isinstance(seconds, int) and not isinstance(seconds, bool)
        if not whole or not 0 <= seconds <= _LONGEST_WAIT:
            yield f"Seconds must be a whole number from 0 to {_LONGEST_WAIT}, not {seconds!r}"
    if timestamp is not None and not on_trust(timestamp) and not is_timestamp(timestamp):
        yield f"Timestamp must be an ISO-8601 date and time with a zone, not {timestamp!r}"


def _map(state: Mapping[str, Any]) -> Iterator[str]:
    if {"ItemProcessor", "Iterator"} <= state.keys():
        yield "ItemProcessor and Iterator cannot stand together"
    inner = state.get("ItemProcessor") or state.get("Iterator")
    config = inner.get("ProcessorConfig", {}) if isinstance(inner, dict) else {}
    mode = config.get("Mode", "INLINE") if isinstance(config, dict) else "INLINE"
    if mode == "DISTRIBUTED" and "ExecutionType" not in config:
        yield "ProcessorConfig: a DISTRIBUTED Map needs ExecutionType, STANDARD or EXPRESS"
    if mode != "DISTRIBUTED":
        yield from (f"{name} belongs to a DISTRIBUTED Map" for name in _DISTRIBUTED_ONLY if name in state)
    label = state.get("Label")
    if isinstance(label, str) and not on_trust(label) and not 1 <= len(label) <= 40:
        yield "Label has 1 to 40 characters"


def _retries(state: Mapping[str, Any]) -> Iterator[str]:
    for index, rule in enumerate(state.get("Retry") or []):
        if isinstance(rule, dict) and rule.get("JitterStrategy", "NONE") not in ("FULL", "NONE"):
            yield f"Retry[{index}].JitterStrategy must be FULL or NONE, not {rule['JitterStrategy']!r}"


def _all(*checks: Any) -> Any:
    def check(state: Mapping[str, Any]) -> Iterator[str]:
        for one in checks:
            yield from one(state)

    return check


_OF_TYPE: dict[str, Any] = {
    "Choice": choice_rules.problems,
    "Wait": _wait,
    "Map": _all(_map, _retries),
    "Task": _retries,
    "Parallel": _retries,
}

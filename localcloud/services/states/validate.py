"""A validator of Amazon States Language files: `python -m localcloud.services.states.validate FILE…`.

It refuses what AWS refuses when a state machine is created (bad JSON, wrong graph, unknown fields, fields
of the other query language, JSONata that does not parse) and what AWS finds out only when the task runs: a
misspelt action or parameter of an API. `${Name}` stands for a substitution of the template and is taken on
trust.
"""

# ruff: noqa: ARG001 - every check of a kind of state has the same signature

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from localcloud.services.states import expressions, refusals, retries, tasks
from localcloud.services.states.fields import (
    ENDS,
    EVERYWHERE,
    FIELDS,
    GOES_ON,
    JSONATA_ONLY,
    JSONPATH_ONLY,
    MACHINE,
)
from localcloud.services.states.literals import positive

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def problems_of_file(path: Path) -> list[str]:
    """What is wrong with a definition file (JSON, or YAML by its ending)."""
    text = path.read_text("utf-8")
    if path.suffix in (".yaml", ".yml"):
        import yaml

        try:
            text = json.dumps(yaml.safe_load(text))
        except yaml.YAMLError as error:
            return [f"not YAML: {error}"]
    return problems_of_text(text)


def problems_of_text(text: str) -> list[str]:
    """What is wrong with a definition, each problem with where it is; an empty list when nothing is."""
    try:
        definition = json.loads(text, object_pairs_hook=_unique)
    except ValueError as error:
        return [f"not JSON: {error}"]
    if not isinstance(definition, dict):
        return ["the definition must be an object"]
    found = list(_machine(definition, "", definition.get("QueryLanguage", "JSONPath"), top=True))
    return found + list(refusals.names_twice(definition))


def problems_of_express(text: str) -> list[str]:
    """What an EXPRESS machine cannot have and a STANDARD one can."""
    try:
        definition = json.loads(text)
    except ValueError as error:
        return [f"not JSON: {error}"]
    return list(refusals.express(definition)) if isinstance(definition, dict) else []


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} appears twice in one object")
        found[key] = value
    return found


def _machine(machine: Mapping[str, Any], prefix: str, language: str, *, top: bool) -> Iterator[str]:
    states = machine.get("States")
    at = prefix or "definition"
    if not isinstance(states, dict) or not states:
        yield f"{at}: States must be an object with at least one state"
        return
    for key in machine.keys() - MACHINE:
        yield f"{at}: unknown field {key!r}"
    if language not in ("JSONPath", "JSONata"):
        yield f"{at}: QueryLanguage must be JSONPath or JSONata, not {language!r}"
    if top:
        yield from positive(machine, "TimeoutSeconds", at)
    if machine.get("StartAt") not in states:
        yield f"{at}: StartAt names no state: {machine.get('StartAt')!r}"
    for name, state in states.items():
        yield from _state(name, state, states, f"{prefix}{name}", language)
    for name in states.keys() - _reached(machine.get("StartAt"), states):
        yield f"{prefix}{name}: no state leads here"


def _state(name: str, state: Any, states: Mapping[str, Any], at: str, language: str) -> Iterator[str]:
    if len(name) > 80:
        yield f"{at}: a state's name has at most 80 characters"
    if not isinstance(state, dict) or state.get("Type") not in FIELDS:
        yield f"{at}: Type must be one of {', '.join(sorted(FIELDS))}"
        return
    kind = state["Type"]
    if state.get("QueryLanguage") == "JSONPath" and language == "JSONata":
        yield f"{at}: a state of a JSONata machine cannot go back to JSONPath"
    language = state.get("QueryLanguage", language)
    for key in state.keys() - FIELDS[kind] - EVERYWHERE:
        yield f"{at}: a {kind} state has no field {key!r}"
    yield from _language(state, at, language)
    yield from _transitions(state, states, at)
    yield from retries.problems(state, at)
    yield from (f"{at}: {problem}" for problem in expressions.problems(state, language))
    yield from (f"{at}: {problem}" for problem in refusals.problems(state, language))
    yield from _KINDS.get(kind, _nothing)(state, states, at, language)


def _language(state: Mapping[str, Any], at: str, language: str) -> Iterator[str]:
    wrong = JSONPATH_ONLY if language == "JSONata" else JSONATA_ONLY
    # Fail's Error and Cause, and Pass's Result, exist in both or are listed by name.
    for key in sorted(state.keys() & wrong):
        yield f"{at}: {key} cannot be used in a {language} state"


def _transitions(state: Mapping[str, Any], states: Mapping[str, Any], at: str) -> Iterator[str]:
    kind = state["Type"]
    if kind in GOES_ON and ("Next" in state) == (state.get("End") is True):
        yield f"{at}: needs either Next or End"
    if "End" in state and state["End"] is not True:
        yield f"{at}: End can only be true"
    for target in _targets(state):
        if target not in states:
            yield f"{at}: leads to {target!r}, which does not exist"


def _targets(state: Mapping[str, Any]) -> Iterator[Any]:
    """Every state that a state may lead to."""
    if state.get("Type") not in ENDS:
        for key in ("Next", "Default"):
            if key in state:
                yield state[key]
    for key in ("Choices", "Catch"):
        for rule in state.get(key) or []:
            if isinstance(rule, dict) and "Next" in rule:
                yield rule["Next"]


def _reached(start: Any, states: Mapping[str, Any]) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in states and name not in reached:
            reached.add(name)
            state = states[name]
            waiting += list(_targets(state)) if isinstance(state, dict) else []
    return reached


def _nothing(state: Mapping[str, Any], states: Mapping[str, Any], at: str, language: str) -> Iterator[str]:
    yield from ()


def _task(state: Mapping[str, Any], states: Mapping[str, Any], at: str, language: str) -> Iterator[str]:
    arguments = state.get("Arguments", {}) if language == "JSONata" else state.get("Parameters", {})
    yield from (f"{at}: {problem}" for problem in tasks.problems(state.get("Resource"), arguments))
    yield from positive(state, "TimeoutSeconds", at)
    yield from positive(state, "HeartbeatSeconds", at)


def _choice(state: Mapping[str, Any], states: Mapping[str, Any], at: str, language: str) -> Iterator[str]:
    rules = state.get("Choices")
    if not isinstance(rules, list) or not rules:
        yield f"{at}: needs at least one rule in Choices"
        return
    for index, rule in enumerate(rules):
        path = f"{at}.Choices[{index}]"
        if not isinstance(rule, dict) or "Next" not in rule:
            yield f"{path}: needs Next"
        elif language == "JSONata" and "Condition" not in rule:
            yield f"{path}: needs Condition"
        elif language == "JSONPath" and not rule.keys() & {"Variable", "And", "Or", "Not"}:
            yield f"{path}: needs Variable, And, Or or Not"


def _wait(state: Mapping[str, Any], states: Mapping[str, Any], at: str, language: str) -> Iterator[str]:
    if len(state.keys() & {"Seconds", "Timestamp", "SecondsPath", "TimestampPath"}) != 1:
        yield f"{at}: needs exactly one of Seconds, Timestamp, SecondsPath, TimestampPath"


def _map(state: Mapping[str, Any], states: Mapping[str, Any], at: str, language: str) -> Iterator[str]:
    inner = state.get("ItemProcessor") or state.get("Iterator")
    if not isinstance(inner, dict):
        yield f"{at}: needs ItemProcessor"
    else:
        yield from _machine(inner, f"{at}/", inner.get("QueryLanguage", language), top=False)


def _parallel(state: Mapping[str, Any], states: Mapping[str, Any], at: str, language: str) -> Iterator[str]:
    branches = state.get("Branches")
    if not isinstance(branches, list) or not branches:
        yield f"{at}: needs at least one branch in Branches"
        return
    for index, branch in enumerate(branches):
        yield from _machine(branch, f"{at}[{index}]/", branch.get("QueryLanguage", language), top=False)


def _fail(state: Mapping[str, Any], states: Mapping[str, Any], at: str, language: str) -> Iterator[str]:
    for one in ("Error", "Cause"):
        if {one, f"{one}Path"} <= state.keys():
            yield f"{at}: {one} and {one}Path cannot stand together"


_KINDS = {"Task": _task, "Choice": _choice, "Wait": _wait, "Map": _map, "Parallel": _parallel, "Fail": _fail}


def main(arguments: list[str]) -> int:
    if not arguments:
        print("usage: python -m localcloud.services.states.validate FILE…", file=sys.stderr)
        return 2
    bad = 0
    for name in arguments:
        found = problems_of_file(Path(name))
        bad += bool(found)
        for problem in found:
            print(f"{name}: {problem}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

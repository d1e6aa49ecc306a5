"""Faults in what a state does about errors: its Retry and its Catch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from localcloud.services.states.fields import CATCH, ERRORS, RETRY
from localcloud.services.states.literals import positive


def problems(state: Mapping[str, Any], at: str) -> Iterator[str]:
    for field, allowed in (("Retry", RETRY), ("Catch", CATCH)):
        rules = state.get(field)
        if rules is None:
            continue
        if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
            yield f"{at}: {field} must be a list of objects"
            continue
        for index, rule in enumerate(rules):
            path = f"{at}.{field}[{index}]"
            yield from (f"{path}: unknown field {key!r}" for key in rule.keys() - allowed)
            yield from _error_names(rule.get("ErrorEquals"), path, last=index == len(rules) - 1)
            if field == "Catch" and "Next" not in rule:
                yield f"{path}: needs Next"
            yield from (_retry_numbers(rule, path) if field == "Retry" else ())


def _error_names(names: Any, path: str, *, last: bool) -> Iterator[str]:
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        yield f"{path}: ErrorEquals must be a list of error names"
        return
    if "States.ALL" in names and (len(names) > 1 or not last):
        yield f"{path}: States.ALL must stand alone and last"
    for name in names:
        if name.startswith("States.") and name.removeprefix("States.") not in ERRORS:
            yield f"{path}: there is no error {name!r}"


def _retry_numbers(rule: Mapping[str, Any], path: str) -> Iterator[str]:
    yield from positive(rule, "IntervalSeconds", path)
    yield from positive(rule, "MaxDelaySeconds", path)
    if isinstance(rule.get("BackoffRate"), (int, float)) and rule["BackoffRate"] < 1:
        yield f"{path}: BackoffRate must be at least 1"
    if isinstance(rule.get("MaxAttempts"), (int, float)) and rule["MaxAttempts"] < 0:
        yield f"{path}: MaxAttempts cannot be negative"

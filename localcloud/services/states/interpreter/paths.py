"""JSONPath as Step Functions uses it: parsed once, and variables (`$name.path`) as the root of a path."""

from __future__ import annotations

import copy
import functools
import json
import re
from typing import Any

import jsonpath_ng
import jsonpath_ng.ext.parser

from localcloud.services.states.interpreter.faults import failure, runtime_failure
from localcloud.services.states.interpreter.seam import (
    HistoryEventType,
    NoSuchJsonPathError,
    StringVariableSample,
)

_VARIABLE = re.compile(r"^\$([A-Za-z_][\w]*)(.*)$", re.DOTALL)


_IN_QUOTES = re.compile(r"\['(?:[^'\\]|\\.)*'\]", re.DOTALL)


@functools.lru_cache(maxsize=4096)
def parse(path: str) -> Any:
    """A parsed path; parsing costs a hundred times what looking up does."""
    # Between single quotes a double quote needs no escape: the backslash before it belongs to the name.
    plain = _IN_QUOTES.sub(lambda name: name.group().replace('\\"', '\\\\"'), path)
    return jsonpath_ng.ext.parser.parse(plain)


def extract(path: str, data: Any) -> Any:
    """What a path finds. One that names a single place gives the value there, any other one a list.

    AWS fails where a single place is missing, and gives an empty list where a wildcard, slice or filter
    finds nothing, even for want of what it is applied to.
    """
    found = [match.value for match in parse(path).find(data)]
    if not _definite(parse(path)):
        return found
    if not found:
        raise NoSuchJsonPathError(json_path=path, data=data)
    return found[0]


def _definite(step: Any) -> bool:
    """Whether a path names a single place."""
    if isinstance(step, jsonpath_ng.Child):
        return _definite(step.left) and _definite(step.right)
    if isinstance(step, jsonpath_ng.Fields):
        return len(step.fields) == 1 and step.fields[0] != "*"
    if isinstance(step, jsonpath_ng.Index):
        return len(getattr(step, "indices", (0,))) == 1
    return isinstance(step, (jsonpath_ng.Root, jsonpath_ng.This))


def variables(env: Any) -> dict[str, Any]:
    seen: dict[str, Any] = env.variable_store.seen
    return seen


def variable_path(env: Any, path: str) -> Any:
    """The value of `$name` or `$name.path`."""
    match = _VARIABLE.match(path)
    known = variables(env)
    if match is None or match.group(1) not in known:
        name = match.group(1) if match else path
        raise runtime_failure(
            env, f"The variable '${name}' specified for the field '{env.next_field_name}' is not defined"
        )
    value = known[match.group(1)]
    if not match.group(2):
        return value
    try:
        return extract("$" + match.group(2), value)
    except NoSuchJsonPathError as error:
        raise NoSuchJsonPathError(path, value) from error


class VariablePath(StringVariableSample):  # type: ignore[misc]
    """`$name.path` of a JSONPath state. moto reads it as JSONata, which finds null where AWS fails."""

    def _eval_body(self, env: Any) -> None:
        env.stack.append(copy.deepcopy(variable_path(env, self.expression)))


class ResultPathMismatch(Exception):
    """The result cannot be put where ResultPath says."""


_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\[\"((?:[^\"\\]|\\.)*)\"\]")


@functools.lru_cache(maxsize=4096)
def reference(path: str) -> tuple[str | int, ...]:
    """The steps of a reference path (`$.a['b'][0]`), which names exactly one place."""
    steps: list[str | int] = []
    at = 1
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None:
            raise ResultPathMismatch(f"'{path}' is not a reference path")
        name, index, *quoted = match.groups()
        text = name if name is not None else next((part for part in quoted if part is not None), None)
        steps.append(int(index) if index is not None else re.sub(r"\\(.)", r"\1", text or ""))
        at = match.end()
    return tuple(steps)


def put(tree: Any, steps: tuple[str | int, ...], value: Any) -> Any:
    """`tree` with the value at the end of the steps; objects that are missing on the way are made."""
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, str) and isinstance(tree, dict):
        return {**tree, step: put(tree.get(step, {}), rest, value)}
    if isinstance(step, int) and isinstance(tree, list) and step < len(tree):
        return [*tree[:step], put(tree[step], rest, value), *tree[step + 1 :]]
    raise ResultPathMismatch


def put_result(env: Any, path: str | None) -> None:
    """Evaluate a ResultPath: the result on the stack goes into the state's input."""
    given = env.states.get_input()
    if path is None:
        env.stack.clear()
        env.stack.append(given)
        return
    result = env.stack.pop()
    try:
        env.stack.append(put(given, reference(path), copy.deepcopy(result)))
    except ResultPathMismatch as error:
        raise failure(
            env, "States.ResultPathMatchFailure",
            f"Unable to apply step \"{path}\" to input {json.dumps(given, separators=(',', ':'))}",
            event=HistoryEventType.ExecutionFailed, details="executionFailedEventDetails",
        ) from error  # fmt: skip

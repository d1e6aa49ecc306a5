"""Evaluation of one JSONata expression by jsonata-python, with Step Functions' variables and functions.

An expression is parsed once a process. Values go in as bindings and never as text, so a quote in the
data cannot break an expression. Undefined (nothing there) and null are different results: only null can
leave an expression.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping
from typing import Any

import jsonata

from localcloud.services.states.interpreter.jsonata_functions import FUNCTIONS, nulls_in

_MILLISECONDS, _DEPTH = 5000, 250
_NULL = jsonata.Utils.NULL_VALUE


class EvaluationError(Exception):
    """The expression failed while it ran; the text begins with JSONata's own code where it has one."""


class Undefined(Exception):
    """The expression returned nothing."""


class NotData(Exception):
    """The expression returned a function or a regular expression."""


@functools.lru_cache(maxsize=4096)
def _compiled(expression: str) -> Any:
    compiled = jsonata.Jsonata.jsonata(expression)
    compiled.set_output_convert_nulls(False)
    compiled.set_validate_input(False)
    for name, function in FUNCTIONS.items():
        compiled.register_lambda(name, function)
    return compiled


def problem(expression: str) -> str | None:
    """Why the expression cannot be parsed, or None."""
    try:
        _compiled(expression)
    except Exception as error:  # noqa: BLE001 - the parser's own exceptions have no common base
        return _text(error)
    return None


def evaluate(expression: str, variables: Mapping[str, Any]) -> Any:
    """The expression's JSON value; raises EvaluationError, Undefined or NotData."""
    try:
        compiled = _compiled(expression)
        bounds = jsonata.Jsonata.Frame(None)
        bounds.set_runtime_bounds(_MILLISECONDS, _DEPTH)
        bindings = {name: nulls_in(value) for name, value in variables.items()}
        result = compiled.evaluate(None, bindings | bounds.bindings)
    except Exception as error:
        raise EvaluationError(_text(error)) from error
    if result is None:
        raise Undefined
    return _plain(result)


def _text(error: Exception) -> str:
    if isinstance(error, ZeroDivisionError):
        return "D1001: Number out of range: Infinity"
    if isinstance(error, RecursionError):
        return "D1011: Stack overflow error: Check for non-terminating recursive function."
    code = getattr(error, "error", None)
    text = str(error) or type(error).__name__
    return f"{code}: {text}" if isinstance(code, str) and code and not text.startswith(code) else text


def _plain(value: Any) -> Any:
    if value is _NULL or value is None:
        return None
    if isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise EvaluationError(f"D1001: Number out of range: {value}")
        return value
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items() if not _is_function(item)}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    raise NotData


def _is_function(value: Any) -> bool:
    return (
        not isinstance(value, (str, bool, int, float, Mapping, list, tuple, type(None)))
        and value is not _NULL
    )


def kind_of(value: Any) -> str:
    """JSONata's name of a value's type."""
    if isinstance(value, bool):
        return "boolean"
    names = {type(None): "null", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), "function")


def shown(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str)

"""A value's JSON Schema in a few words."""

from __future__ import annotations

from typing import Any

from dropforge.domain.reading.cells import LARGEST_NUMBER

SHOWN = {"": "''", "\t": "tab", " ": "space"}


def allowed(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return _listed([f"`{word}`" for word in schema["enum"]])
    if "anyOf" in schema:
        return ", or ".join(allowed(each) for each in schema["anyOf"])
    kind = schema.get("type")
    if kind in ("number", "integer"):
        return _number(schema, "a whole number" if kind == "integer" else "a number")
    if kind == "array":
        return f"a list of {_each(schema['items'])}"
    if kind == "boolean":
        return "`true` or `false`"
    return "a mapping" if kind == "object" else "text"


def default(schema: dict[str, Any]) -> str:
    if "default" not in schema:
        return ""
    value = schema["default"]
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    if isinstance(value, list):
        return f"`[{', '.join(SHOWN.get(item, str(item)) for item in value)}]`" if value else ""
    return f"`{value:.15g}`" if isinstance(value, (int, float)) else f"`{SHOWN.get(value, value)}`"


def _number(schema: dict[str, Any], kind: str) -> str:
    low, high = schema["minimum"], schema["maximum"]
    if low <= -LARGEST_NUMBER:
        return kind
    if high >= LARGEST_NUMBER:
        return f"{kind}, {low:.15g} or more"
    return f"{kind}, {low:.15g} to {high:,.15g}"


def _each(schema: dict[str, Any]) -> str:
    if schema.get("type") in ("number", "integer"):
        return "numbers"
    if isinstance(schema.get("type"), list):
        return "values"
    return allowed(schema) if "enum" in schema else "texts"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"

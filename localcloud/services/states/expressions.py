"""Checks of the `{% … %}` expressions and of the `.$` keys of one state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonata

if TYPE_CHECKING:
    from collections.abc import Iterator

_INNER = ("ItemProcessor", "Iterator", "Branches")


def problems(state: dict[str, Any], language: str) -> Iterator[str]:
    """What is wrong with the expressions of a state, without the states inside it.

    AWS was seen to take what belongs to the other query language for plain text in two fields: an
    expression in the Assign of a JSONPath state, and a key ending in .$ in the Output of a JSONata one.
    """
    for key, value in state.items():
        if key not in _INNER and not (key == "Assign" and language == "JSONPath"):
            yield from _walk(value, key, language)


def _walk(value: Any, path: str, language: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key.endswith(".$") and language == "JSONata" and not path.startswith("Output"):
                yield f"{path}.{key}: keys ending in .$ belong to JSONPath"
            yield from _walk(item, f"{path}.{key}", language)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, f"{path}[{index}]", language)
    elif isinstance(value, str):
        yield from _text(value, path, language)


def _text(value: str, path: str, language: str) -> Iterator[str]:
    opens, closes = value.startswith("{%"), value.endswith("%}")
    if opens != closes:
        yield f"{path}: an expression must be the whole string, from {{% to %}}"
    elif opens and language == "JSONPath":
        yield f"{path}: a JSONata expression in a JSONPath state"
    elif opens:
        yield from _parse(value[2:-2].strip(), path)


def _parse(expression: str, path: str) -> Iterator[str]:
    try:
        jsonata.Jsonata.jsonata(expression)
    except Exception as error:  # noqa: BLE001 - the parser's exceptions have no common base
        yield f"{path}: the expression does not parse: {error}"

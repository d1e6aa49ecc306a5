"""A contract written in YAML → Contract, every problem with its line.

YAML is read narrowly, because the file comes from anyone who may write to the bucket: no tags, anchors or
aliases (a few of which unfold to gigabytes), no duplicate keys, bounded size and depth. Words are read as
YAML 1.2 does, so that `no`, `yes` and `on` stay the words they are in the data, and a date stays text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from dropforge.domain.contract import Contract, ContractError, Problem, parse_contract

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST = 256 * 1024
DEEPEST = 12
WHOLE = re.compile(r"[-+]?[0-9]{1,400}")
FRACTION = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
WORDS: dict[str, object] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf"), float("inf")),
    "-.inf": float("-inf"),
}
Lines = dict[tuple[str, ...], int]


def load_contract(text: str | bytes) -> Contract:
    """The contract in a YAML document, or ContractError with all its problems and their lines."""
    root = _compose(_decoded(text))
    lines: Lines = {}
    document = _value(root, (), lines)
    try:
        return parse_contract(document)
    except ContractError as fault:
        raise ContractError(problem.at(_line(problem.path, lines)) for problem in fault.problems) from None


def _decoded(text: str | bytes) -> str:
    if len(text) > LARGEST:
        raise _fault(f"the contract is larger than {LARGEST // 1024} KiB")
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise _fault(f"the contract is not UTF-8 text: byte {fault.start} is not a character") from None


def _compose(text: str) -> yaml.Node:
    try:
        _refuse_hostile(yaml.parse(text, Loader=yaml.SafeLoader))
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else None
        raise _fault(f"not YAML: {fault.problem or fault.context}", line) from None
    except yaml.YAMLError as fault:
        raise _fault(f"not YAML: {str(fault).splitlines()[0]}") from None
    if root is None:
        raise _fault("the contract is empty")
    return root


def _refuse_hostile(events: Iterator[yaml.Event]) -> None:
    """Before anything is built: one pass over the events, which needs no memory but the depth."""
    depth = 0
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _fault("anchors and aliases (& and *) are not allowed in a contract", line)
        if tag := getattr(event, "tag", None):
            raise _fault(f"the tag {str(tag)[:60]} is not allowed in a contract", line)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _fault(f"nested deeper than {DEEPEST} levels", line)


def _value(node: yaml.Node, path: tuple[str, ...], lines: Lines) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, path, lines) for item in node.value]
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: tuple[str, ...], lines: Lines) -> dict[Any, Any]:
    mapping: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise _fault("a key is a word, not a mapping or a list", line)
        key = _scalar(key_node)
        if key in mapping:
            raise _fault(f"the key {key_node.value[:60]!r} is given twice", line)
        below = (*path, str(key_node.value))
        lines[below] = line
        mapping[key] = _value(value_node, below, lines)
    return mapping


def _scalar(node: yaml.Node) -> Any:
    text = str(node.value)
    if getattr(node, "style", None) is not None:
        return text
    if text in WORDS:
        return WORDS[text]
    if WHOLE.fullmatch(text):
        return int(text)
    return float(text) if FRACTION.fullmatch(text) and len(text) <= 400 else text


def _line(path: tuple[str, ...], lines: Lines) -> int | None:
    """The line of the path, or of the nearest part of the document that holds it."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path) if path else None


def _fault(message: str, line: int | None = None) -> ContractError:
    return ContractError([Problem((), message, line)])

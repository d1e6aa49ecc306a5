"""How a call of an intrinsic function is written. It needs nothing but the list of functions, so that a
definition can be checked without the interpreter.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from localcloud.services.states.interpreter import intrinsic_functions as functions


class IntrinsicSyntax(ValueError):
    """The text is not a call of an intrinsic function."""


@dataclass(frozen=True)
class Literal:
    value: Any


@dataclass(frozen=True)
class Path:
    text: str


@dataclass(frozen=True)
class Call:
    name: str
    arguments: tuple[Literal | Path | Call, ...]


_NAME = re.compile(r"\s*States\.(\w+)\s*\(")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_WORDS = {"true": True, "false": False, "null": None}
# The escapes of braces stay, for States.Format to read.
_ESCAPES = {"'": "'", "\\": "\\", "{": "\\{", "}": "\\}", "n": "\n", "t": "\t", "r": "\r"}


def read(text: str) -> Call:
    """The call that the text is; raises IntrinsicSyntax."""
    call, end = _call(text, 0)
    if text[end:].strip():
        raise IntrinsicSyntax(f"nothing may follow the call in {text!r}")
    return call


def _call(text: str, at: int) -> tuple[Call, int]:
    match = _NAME.match(text, at)
    if match is None:
        raise IntrinsicSyntax(f"no call of an intrinsic function: {text[at:]!r}")
    name = match.group(1)
    known = functions.FUNCTIONS.get(name)
    if known is None:
        raise IntrinsicSyntax(f"there is no intrinsic function States.{name}")
    arguments, end = _arguments(text, match.end())
    if not known.least <= len(arguments) <= known.most:
        raise IntrinsicSyntax(f"States.{name} does not take {len(arguments)} arguments")
    return Call(name, tuple(arguments)), end


def _arguments(text: str, at: int) -> tuple[list[Literal | Path | Call], int]:
    found: list[Literal | Path | Call] = []
    at = _blank(text, at)
    if text[at : at + 1] == ")":
        return found, at + 1
    while True:
        argument, at = _argument(text, _blank(text, at))
        found.append(argument)
        at = _blank(text, at)
        if text[at : at + 1] == ")":
            return found, at + 1
        if text[at : at + 1] != ",":
            raise IntrinsicSyntax(f"expected ',' or ')' in {text!r} at {at}")
        at += 1


def _blank(text: str, at: int) -> int:
    while text[at : at + 1].isspace():
        at += 1
    return at


def _argument(text: str, at: int) -> tuple[Literal | Path | Call, int]:
    readers: dict[str, Callable[[str, int], tuple[Any, int]]] = {"'": _string, "$": _path, "S": _call}
    reader = readers.get(text[at : at + 1])
    if reader is not None:
        return reader(text, at)
    number = _NUMBER.match(text, at)
    if number:
        digits = number.group()
        return Literal(float(digits) if number.group(1) or number.group(2) else int(digits)), number.end()
    word = re.match(r"true|false|null", text[at:])
    if word:
        return Literal(_WORDS[word.group()]), at + word.end()
    raise IntrinsicSyntax(f"no argument: {text[at:]!r}")


def _string(text: str, at: int) -> tuple[Literal, int]:
    """A quoted string; a backslash in it belongs to an escape."""
    parts: list[str] = []
    at += 1
    while at < len(text) and text[at] != "'":
        if text[at] == "\\" and at + 1 < len(text):
            if text[at + 1] not in _ESCAPES:
                raise IntrinsicSyntax(f"there is no escape {text[at : at + 2]!r}")
            parts.append(_ESCAPES[text[at + 1]])
            at += 2
        else:
            parts.append(text[at])
            at += 1
    if at >= len(text):
        raise IntrinsicSyntax(f"a string is not closed in {text!r}")
    return Literal("".join(parts)), at + 1


def _path(text: str, at: int) -> tuple[Path, int]:
    start, depth, quote = at, 0, ""
    while at < len(text):
        character = text[at]
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "[(":
            depth += 1
        elif depth == 0 and character in ",)":
            break
        elif character in "])":
            depth -= 1
        at += 1
    return Path(text[start:at].strip()), at

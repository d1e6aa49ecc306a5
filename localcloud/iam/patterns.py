"""The wildcards of policies: `*` is any text, `?` is any one character."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
# ${*} and the like stand for the character itself.
_LITERAL = {"*": "[*]", "?": "[?]", "$": "[$]"}
_TOKEN = re.compile(r"\$\{[*?$]\}|[*?]")


@functools.lru_cache(maxsize=8192)
def compiled(pattern: str, ignore_case: bool = False) -> Callable[[str], Any]:
    parts, last = [], 0
    for token in _TOKEN.finditer(pattern):
        parts.append(re.escape(pattern[last : token.start()]))
        text = token.group()
        parts.append(".*" if text == "*" else "." if text == "?" else _LITERAL[text[2]])
        last = token.end()
    parts.append(re.escape(pattern[last:]))
    return re.compile("".join(parts), re.DOTALL | (re.IGNORECASE if ignore_case else 0)).fullmatch


def matches(pattern: str, value: str) -> bool:
    return pattern == "*" or compiled(pattern)(value) is not None


def matches_action(pattern: str, action: str) -> bool:
    """Actions are compared without regard to case."""
    return pattern == "*" or compiled(pattern, True)(action) is not None


def matches_arn(pattern: str, value: str) -> bool:
    """ArnLike: each of the six parts by itself, so that a `*` does not reach over a colon."""
    if pattern == "*":
        return True
    wanted, given = pattern.split(":", 5), value.split(":", 5)
    return len(wanted) == len(given) == 6 and all(matches(p, v) for p, v in zip(wanted, given, strict=True))


def filled(pattern: str, context: Mapping[str, Any]) -> str | None:
    """The pattern with its policy variables put in; None when one of them has no single value here."""
    if "${" not in pattern:
        return pattern
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        name, _, default = match.group(1).partition(",")
        if name in _LITERAL:
            return match.group()
        found = context.get(name.strip().lower())
        if isinstance(found, str):
            return _TOKEN.sub(lambda token: "${" + token.group() + "}", found)
        missing = missing or not default
        return default.strip().strip("'")

    text = _VARIABLE.sub(value, pattern)
    return None if missing else text

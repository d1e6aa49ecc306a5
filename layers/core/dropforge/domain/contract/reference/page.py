"""The page, part by part in the order of the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dropforge.domain.contract import algorithms, metrics, sections
from dropforge.domain.contract.reference import words
from dropforge.domain.contract.reference.values import allowed, default
from dropforge.domain.contract.schema import DESCRIPTIONS, schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dropforge.domain.contract.fields import Field

HEADER = ("| key | what it may be | default | what for |", "|---|---|---|---|")
SCALARS = ("usecase", "problem", "target", "positive", "classes", "confidence", "owners")


def page() -> str:
    described = schema()["properties"]
    parts = [
        words.HEAD,
        _example(words.FIRST),
        "",
        *HEADER,
        *(_scalar(name, described[name]) for name in SCALARS),
    ]
    for name in sections.TOP:
        if name not in SCALARS:
            parts += ["", *_part(name, described[name])]
    return "\n".join([*parts, "", words.OVERRIDES, words.TAIL])


def _scalar(name: str, described: dict[str, Any]) -> str:
    required = "required" if name in ("usecase", "problem") else default(described)
    meant = words.DEFAULTS.get(name, required)
    return _row(f"`{name}`", words.ALLOWED.get(name) or allowed(described), meant, DESCRIPTIONS[name])


def _part(name: str, described: dict[str, Any]) -> Iterator[str]:
    yield from (f"## {name}", "", DESCRIPTIONS[name])
    if name in words.ABOUT:
        yield from ("", words.ABOUT[name])
    if name == "gate":
        yield from ("", *_metrics())
        described = {"properties": {key: described["properties"][key] for key in ("champion", "slices")}}
    rows = list(_rows(f"{name}.", described)) if name != "algorithm" else []
    if rows:
        yield from ("", *HEADER, *rows)
    if name == "algorithm":
        yield from _algorithms()
    yield from ("", _example(words.EXAMPLES[name]))


def _rows(path: str, described: dict[str, Any]) -> Iterator[str]:
    """One row a key; the keys of what lies below stand under the key they belong to."""
    below = described.get("properties")
    if below is None and isinstance(described.get("additionalProperties"), dict):
        yield from _rows(f"{path}NAME.", _long(described["additionalProperties"]))
    for key, each in (below or {}).items():
        full = f"{path}{key}"
        said = words.ALLOWED.get(full) or allowed(each)
        meant = words.DEFAULTS.get(full) or default(each)
        yield _row(f"`{full.partition('.')[2]}`", said, meant, each.get("description", ""))
        if each.get("type") == "object":
            yield from _rows(f"{full}.", each)


def _long(described: dict[str, Any]) -> dict[str, Any]:
    """Of a short and a long form, the long one."""
    return next((each for each in described.get("anyOf", []) if "properties" in each), described)


def _metrics() -> Iterator[str]:
    yield from ("| metric | problems | limit | what it says |", "|---|---|---|---|")
    for name, field in metrics.EVERY.items():
        problems = [problem for problem, measured in metrics.MEASURED.items() if name in measured]
        yield _row(f"`{name}`", ", ".join(problems), allowed(field.schema()), field.about)


def _algorithms() -> Iterator[str]:
    yield from ("", *HEADER, *_fields({"name": algorithms.NAME, "entry": algorithms.ENTRY}))
    for name, fields in algorithms.ALGORITHMS.items():
        yield from ("", f"### {name}", "", f"For {_problems(name)}. {words.ALGORITHMS[name]}")
        if fields:
            yield from ("", HEADER[0].replace("key", "parameter"), HEADER[1], *_fields(fields))


def _problems(name: str) -> str:
    solved = algorithms.SOLVES[name]
    return "every problem" if solved == metrics.PROBLEMS else ", ".join(solved)


def _fields(fields: Mapping[str, Field]) -> Iterator[str]:
    for name, field in fields.items():
        described = field.schema()
        yield _row(f"`{name}`", allowed(described), default(described), field.about)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _example(text: str) -> str:
    return f"```yaml\n{text.strip()}\n```"

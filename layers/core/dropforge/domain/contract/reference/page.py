"""The page, section by section in the order of the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.domain.contract.parts import ByName, Part
from dropforge.domain.contract.reference import words
from dropforge.domain.contract.reference.values import allowed, default
from dropforge.domain.contract.section import Table
from dropforge.domain.contract.whole import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dropforge.domain.contract.fields import Field
    from dropforge.domain.contract.section import Section


def page() -> str:
    single = {name: section.holds for name, section in SECTIONS.items() if not section.example}
    parts = [words.HEAD, _example(words.FIRST), "", *_table(Table(single))]
    for name, section in SECTIONS.items():
        if section.example:
            parts += ["", *_section(name, section)]
    settable = [f"`{name}`" for name, section in SECTIONS.items() if section.settable]
    return "\n".join([*parts, "", words.overrides(settable), words.TAIL])


def _section(name: str, section: Section) -> Iterator[str]:
    yield from (f"## {name}", "", section.holds.about)
    if section.details:
        yield from ("", section.details)
    for table in section.tables or (Table(dict(_below("", section.holds))),):
        if table.title:
            yield from ("", f"### {table.title}", "", table.text)
        if table.fields:
            yield from ("", *_table(table))
    yield from ("", _example(section.example))


def _table(table: Table) -> Iterator[str]:
    yield from (_row(*table.head), "|---|---|---|---|")
    for name, field in _rows("", table.fields):
        said = field.allowed or allowed(field.shape())
        cells = (
            (table.second[name], said) if table.second else (said, field.otherwise or default(field.schema()))
        )
        yield _row(f"`{name}`", *cells, field.about)


def _rows(path: str, fields: Mapping[str, Field]) -> Iterator[tuple[str, Field]]:
    """A row a key; the keys of what lies below stand under the key that they belong to."""
    for name, field in fields.items():
        yield f"{path}{name}", field
        yield from _rows(f"{path}{name}.", dict(_below("", field)))


def _below(path: str, field: Field) -> Iterator[tuple[str, Field]]:
    if isinstance(field, ByName):
        yield from _below(f"{path}NAME.", field.each)
    elif isinstance(field, Part):
        yield from ((f"{path}{name}", each) for name, each in field.keys.items())


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _example(text: str) -> str:
    return f"```yaml\n{text.strip()}\n```"

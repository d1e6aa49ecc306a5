"""What a page is made of. Blocks exist only through these functions, which escape what they are given."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from training.report.text import NOTHING, escaped, number

if TYPE_CHECKING:
    from collections.abc import Sequence

Cell = str | int | float | bool | None
NUMERIC = re.compile("|([≥≤] )?[-+\N{MINUS SIGN}]?[0-9,]+([.][0-9]+)?(e[-+]?[0-9]+)?( ?%)?|" + NOTHING)
MARKS = {"good": "✓", "bad": "✕", "warn": "!"}


@dataclass(frozen=True)
class Block:
    """HTML that is safe to put into a page."""

    html: str


def heading(text: str) -> Block:
    return Block(f"<h2>{escaped(text)}</h2>")


def paragraph(text: str) -> Block:
    return Block(f"<p>{escaped(text)}</p>")


def banner(text: str, kind: Literal["good", "bad", "warn"], title: str = "") -> Block:
    """The answer that a reader came for. The mark says the same as the colour."""
    headline = f"<strong>{escaped(title)}</strong>" if title else ""
    mark = f'<span class="mark" aria-hidden="true">{MARKS[kind]}</span>'
    return Block(
        f'<div class="banner {kind}" role="status">{mark}<div>{headline}<p>{escaped(text)}</p></div></div>'
    )


def table(header: Sequence[str], rows: Sequence[Sequence[Cell]], caption: str = "") -> Block:
    """A column of numbers is set to the right, with figures of one width."""
    right = [_is_numeric([row[index] for row in rows]) for index in range(len(header))]
    head = "".join(_cell("th", name, is_right) for name, is_right in zip(header, right, strict=True))
    body = "".join(
        "<tr>"
        + "".join(_cell("td", cell, is_right) for cell, is_right in zip(row, right, strict=True))
        + "</tr>"
        for row in rows
    )
    title = f"<caption>{escaped(caption)}</caption>" if caption else ""
    return Block(
        f'<div class="wide"><table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def figure(svg: str, caption: str = "") -> Block:
    """`svg` comes from `training.report.plots`, which escapes the texts in it."""
    text = f"<figcaption>{escaped(caption)}</figcaption>" if caption else ""
    return Block(f"<figure>{svg}{text}</figure>")


def facts(pairs: Sequence[tuple[str, Cell]]) -> Block:
    lines = "".join(f"<dt>{escaped(name)}</dt><dd>{escaped(_text(value))}</dd>" for name, value in pairs)
    return Block(f"<dl>{lines}</dl>")


def _cell(tag: str, cell: Cell, is_right: bool) -> str:
    kind = ' class="n"' if is_right else ""
    scope = ' scope="col"' if tag == "th" else ""
    return f"<{tag}{scope}{kind}>{escaped(_text(cell))}</{tag}>"


def _text(cell: Cell) -> str:
    if cell is None:
        return NOTHING
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return cell if isinstance(cell, str) else number(cell)


def _is_numeric(cells: Sequence[Cell]) -> bool:
    return bool(cells) and all(
        cell is None or NUMERIC.fullmatch(cell) is not None
        if isinstance(cell, str) or cell is None
        else not isinstance(cell, bool)
        for cell in cells
    )

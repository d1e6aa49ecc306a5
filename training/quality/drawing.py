"""The page's small pictures, written as SVG by hand: hundreds of them take a moment, not minutes.

Colours are the page's own variables, so that they follow its light and dark theme.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from training.report.text import escaped

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDEST_BAR = 16
CELL, LONGEST_LABEL, LETTER = 26, 24, 6.4
MOST_WITH_FIGURES = 16


def spark(counts: Sequence[int], said: str, width: int = 132, height: int = 30) -> str:
    """Standing bars, the highest as high as the picture; a bar of few rows still shows."""
    most, step = max(counts, default=0) or 1, min(width / max(len(counts), 1), WIDEST_BAR * width / 132)
    gap = 1 if step > 3 else 0.3
    bars = "".join(
        f'<path d="M{index * step:.1f} {height}h{step - gap:.1f}v{-_tall(count / most, height):.1f}'
        f'h{gap - step:.1f}z"/>'
        for index, count in enumerate(counts)
        if count
    )
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escaped(said)}" style="display:block;max-width:100%"><g fill="var(--c1)">{bars}</g>'
        f'<path d="M0 {height - 0.5}H{width}" stroke="var(--line)"/></svg>'
    )


def gauge(share: float, colour: str = "--c1", width: int = 56) -> str:
    """A lying bar from 0 to 1."""
    part = width * min(max(share, 0), 1)
    return (
        f'<svg viewBox="0 0 {width} 6" width="{width}" height="6" aria-hidden="true" '
        'style="vertical-align:middle">'
        f'<rect width="{width}" height="6" rx="3" fill="var(--line)"/>'
        f'<rect width="{part:.1f}" height="6" rx="3" fill="var({colour})"/></svg>'
    )


def heat(names: Sequence[str], matrix: Sequence[Sequence[float]], said: str) -> str:
    """r from -1 (orange) to 1 (blue); the deeper the colour, the closer the two."""
    labels = [_short(name) for name in names]
    left = 12 + LETTER * max(map(len, labels), default=0)
    top = 12 + 0.72 * LETTER * max(map(len, labels), default=0)
    wide, high = left + CELL * len(names) + top, top + CELL * len(names)
    parts = [_label(label, index, left, top) for index, label in enumerate(labels)]
    for row, line in enumerate(matrix):
        parts += [
            _cell(left + CELL * column, top + CELL * row, r, len(names)) for column, r in enumerate(line)
        ]
    return (
        f'<svg viewBox="0 0 {wide:.0f} {high:.0f}" role="img" aria-label="{escaped(said)}" '
        f'style="max-width:{wide:.0f}px;font:11px var(--sans)">{"".join(parts)}</svg>'
    )


def _label(label: str, index: int, left: float, top: float) -> str:
    middle = CELL * (index + 0.5)
    text = escaped(label)
    beside = f'x="{left - 7:.1f}" y="{top + middle + 4:.1f}" text-anchor="end"'
    above = f'transform="translate({left + middle + 3:.1f} {top - 6:.1f}) rotate(-45)"'
    return "".join(f'<text {position} fill="var(--ink)">{text}</text>' for position in (beside, above))


def _cell(x: float, y: float, r: float, columns: int) -> str:
    if not math.isfinite(r):
        return ""
    colour, depth = ("--c1" if r >= 0 else "--c2"), 0.05 + 0.9 * abs(r) ** 1.3
    box = (
        f'<rect x="{x + 0.5:.1f}" y="{y + 0.5:.1f}" width="{CELL - 1}" height="{CELL - 1}" rx="2" '
        f'fill="var({colour})" fill-opacity="{depth:.2f}"/>'
    )
    if columns > MOST_WITH_FIGURES:
        return box
    ink = "--paper" if depth > 0.55 else "--ink"
    position = f'x="{x + CELL / 2:.1f}" y="{y + CELL / 2 + 3.2:.1f}"'
    return f'{box}<text {position} text-anchor="middle" font-size="9" fill="var({ink})">{_figure(r)}</text>'


def _tall(share: float, height: int) -> float:
    return max(1.2, (height - 2) * share)


def _figure(r: float) -> str:
    text = f"{abs(r):.2f}"
    if text == "0.00":
        return "0"
    shown = "1" if text == "1.00" else text.removeprefix("0")
    return f"\N{MINUS SIGN}{shown}" if r < 0 else shown


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1]}…"

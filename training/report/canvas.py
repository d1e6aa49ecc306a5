"""One house style for plots: SVG whose colours and fonts are the page's own, in its light and dark theme.

matplotlib draws with stand-in colours; in the text that it wrote, each becomes the page's variable of that
name, with the light theme's colour where there is no page. The same numbers give the same bytes. Its cost: a
series' colour must be one of these stand-ins.
"""

from __future__ import annotations

import io
import re
import warnings
from typing import TYPE_CHECKING, Any

from training.report.text import escaped, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

INK, SOFT, LINE, PAPER = "#010101", "#020202", "#030303", "#040404"
SERIES = ("#010001", "#020002", "#030003", "#040004", "#050005", "#060006")
THEME = {
    INK: ("ink", "#23262b"),
    SOFT: ("soft", "#646a73"),
    LINE: ("line", "#dedad2"),
    PAPER: ("paper", "#fff"),
}
THEME |= dict(
    zip(
        SERIES,
        zip(
            (f"c{index}" for index in range(1, 7)),
            ("#0072b2", "#d55e00", "#009e73", "#b8559a", "#b58900", "#3f9ed0"),
            strict=True,
        ),
        strict=True,
    )
)
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "dropforge",
    "text.parse_math": False,  # a `$` in a name is a dollar
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": SOFT,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": LINE,
    "grid.linewidth": 0.7,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "lines.linewidth": 1.8,
    "legend.frameon": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
}
LONGEST_NAME = 40
REM_PER_INCH = 6.2
"""Plots of any width are shown at one scale, so that their texts have one size."""
NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def draw(
    paint: Callable[[Axes], None],
    title: str,
    x_label: str = "",
    y_label: str = "",
    size: tuple[float, float] = (6.4, 3.4),
) -> str:
    """SVG of what `paint` draws. `title` is what a screen reader says; the page's caption says the rest."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", message=r"Glyph .* missing from font"
        )  # the browser has its own fonts
        sheet = Figure(figsize=size, layout="constrained")
        axes = sheet.add_subplot()
        paint(axes)
        axes.set_xlabel(name(x_label))
        axes.set_ylabel(name(y_label))
        written = io.StringIO()
        sheet.savefig(written, format="svg")
    return _themed(written.getvalue(), title, size[0] * REM_PER_INCH)


def name(text: str) -> str:
    """A name as it is: matplotlib would leave what starts with an underscore out of a legend."""
    seen = shown(text, LONGEST_NAME)
    return f"\N{ZERO WIDTH SPACE}{seen}" if seen.startswith("_") else seen


def series_colour(index: int) -> Any:
    return SERIES[index % len(SERIES)]


def _themed(svg: str, title: str, width: float) -> str:
    body = svg[svg.index("<svg") :].strip()
    opening, body = body.split(">", 1)
    view = re.search(r'viewBox="[^"]*"', opening)
    body = re.sub(r"\s*<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'<g id="[^"]*">', "<g>", body)
    body = re.sub(r"font-family: [^;\"]*", "font-family: var(--sans, sans-serif)", body)
    for stand_in, (variable, colour) in THEME.items():
        body = re.sub(rf"(?<=[:\s]){stand_in}(?=[;\"])", f"var(--{variable}, {colour})", body)
    shape = f'{view[0] if view else ""} style="max-width: {width:.2f}rem"'
    return f'<svg {shape} {NAMESPACES} role="img" aria-label="{escaped(title)}">{body}'

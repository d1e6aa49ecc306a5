"""The plots that reports show. Each takes numbers and names and gives SVG for a `figure` block.

A plot never holds more than a few thousand marks, whatever it is given, so that a page stays light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from training.report.canvas import INK, PAPER, SOFT, draw, name, series_colour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    Series = tuple[str, ArrayLike, ArrayLike]

MOST_POINTS = 1500
DASHED = (0, (4, 3))


def bars(
    names: Sequence[str],
    values: Sequence[float],
    title: str,
    x_label: str = "",
) -> str:
    """Lying bars, the first on top."""

    def paint(axes: Axes) -> None:
        axes.barh(np.arange(len(names)), values, height=0.62, color=series_colour(0))
        _name_rows(axes, names)

    return draw(paint, title, x_label, size=(6.4, 0.9 + 0.28 * len(names)))


def intervals(
    names: Sequence[str],
    values: Sequence[float],
    spans: Sequence[tuple[float, float]],
    title: str,
    x_label: str = "",
    mark: float | None = None,
) -> str:
    """A dot and its interval for each name; `mark` is a line that all are compared with."""

    def paint(axes: Axes) -> None:
        if mark is not None:
            axes.axvline(mark, color=SOFT, linestyle=DASHED, linewidth=1)
        lows, highs = zip(*spans, strict=True)
        axes.hlines(np.arange(len(spans)), lows, highs, color=series_colour(0), linewidth=2)
        axes.plot(values, np.arange(len(names)), "o", color=series_colour(0), markersize=6)
        _name_rows(axes, names)

    return draw(paint, title, x_label, size=(6.4, 0.9 + 0.28 * len(names)))


def histogram(
    edges: ArrayLike,
    counts: Sequence[ArrayLike] | ArrayLike,
    title: str,
    x_label: str = "",
    y_label: str = "rows",
    names: Sequence[str] = (),
) -> str:
    """Counts between edges; several series, with their names, lie over each other."""

    def paint(axes: Axes) -> None:
        rows = np.atleast_2d(np.asarray(counts, dtype=np.float64))
        for index, row in enumerate(rows):
            axes.stairs(
                row,
                np.asarray(edges),
                fill=True,
                color=series_colour(index),
                alpha=0.55 if len(rows) > 1 else 0.85,
            )
        axes.grid(visible=False, axis="x")
        axes.set_ylim(bottom=0)
        _legend(axes, axes.patches, names)

    return draw(paint, title, x_label, y_label)


def lines(
    series: Sequence[Series],
    title: str,
    x_label: str = "",
    y_label: str = "",
    diagonal: bool = False,
    dots: bool = False,
    unit: bool = False,
) -> str:
    """`diagonal`: the line of chance, or of perfect agreement. `unit`: both axes from 0 to 1."""

    def paint(axes: Axes) -> None:
        if unit:
            axes.set_xlim(-0.01, 1.01)
            axes.set_ylim(-0.01, 1.01)
        drawn = [
            axes.plot(
                *_thinned(xs, ys), color=series_colour(index), marker="o" if dots else None, markersize=5
            )[0]
            for index, (_, xs, ys) in enumerate(series)
        ]
        if diagonal:
            axes.axline((0, 0), slope=1, color=SOFT, linestyle=DASHED, linewidth=1)
        _legend(axes, drawn, [text for text, _, _ in series])

    return draw(paint, title, x_label, y_label, size=(5.2, 4.2) if unit else (6.4, 3.4))


def scatter(
    xs: ArrayLike, ys: ArrayLike, title: str, x_label: str = "", y_label: str = "", diagonal: bool = False
) -> str:
    """Of many points an even choice is drawn."""

    def paint(axes: Axes) -> None:
        across, up = _thinned(xs, ys)
        crowd = 0.75 if len(across) < 200 else 0.35
        axes.plot(across, up, "o", color=series_colour(0), markersize=4, alpha=crowd, markeredgewidth=0)
        if diagonal:
            middle = (float(np.mean(across)), float(np.mean(across))) if len(across) else (0.0, 0.0)
            axes.axline(middle, slope=1, color=SOFT, linestyle=DASHED, linewidth=1)

    return draw(paint, title, x_label, y_label, size=(5.2, 4.2))


def heat(
    matrix: ArrayLike,
    names: Sequence[str],
    title: str,
    x_label: str = "",
    y_label: str = "",
) -> str:
    """A matrix of numbers from 0 up, each row's share as depth of colour; rows and columns are `names`."""
    cells = np.asarray(matrix, dtype=np.float64)
    most = np.maximum(np.nanmax(cells, axis=1, keepdims=True), 1e-12) if cells.size else cells

    def paint(axes: Axes) -> None:
        for (row, column), value in np.ndenumerate(cells):
            _paint_cell(axes, (row, column), float(value), float(value / most[row, 0]))
        _name_cells(axes, names)

    side = 1.6 + 0.55 * len(names)
    return draw(paint, title, x_label, y_label, size=(min(7.5, 2.4 + 0.8 * len(names)), min(7.5, side)))


def _name_cells(axes: Axes, names: Sequence[str]) -> None:
    """Names of columns that would run into one another are turned."""
    axes.set_xlim(0, len(names))
    axes.set_ylim(len(names), 0)
    turned = max((len(text) for text in names), default=0) >= 60 / max(len(names), 1)
    how: dict[str, Any] = {"rotation": 40, "ha": "right", "rotation_mode": "anchor"} if turned else {}
    axes.set_xticks(np.arange(len(names)) + 0.5, [name(text) for text in names], **how)
    axes.set_yticks(np.arange(len(names)) + 0.5, [name(text) for text in names])
    axes.tick_params(labelcolor=INK)
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _name_rows(axes: Axes, names: Sequence[str]) -> None:
    """The first on top."""
    axes.set_yticks(np.arange(len(names)), [name(text) for text in names])
    axes.tick_params(axis="y", labelcolor=INK)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)


def _paint_cell(axes: Axes, cell: tuple[int, int], value: float, share: float) -> None:
    from matplotlib.patches import Rectangle

    row, column = cell
    depth = 0.08 + 0.8 * share if np.isfinite(share) else 0
    axes.add_patch(
        Rectangle(
            (column + 0.02, row + 0.02), 0.96, 0.96, facecolor=series_colour(0), alpha=depth, linewidth=0
        )
    )
    text = f"{value:,.0f}" if float(value).is_integer() else f"{value:.2f}"
    axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", color=PAPER if depth > 0.5 else INK)


def _thinned(xs: ArrayLike, ys: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    across, up = np.asarray(xs, dtype=np.float64), np.asarray(ys, dtype=np.float64)
    if len(across) <= MOST_POINTS:
        return across, up
    indices = np.linspace(0, len(across) - 1, MOST_POINTS).round().astype(int)
    return across[indices], up[indices]


def _legend(axes: Axes, drawn: Sequence[Artist], names: Sequence[str]) -> None:
    """Names of the series, where there are several: above the plot, so that they never lie on it."""
    if len(names) > 1:
        texts = [name(text) for text in names]
        columns = 1 if max(map(len, texts)) > 20 else min(len(names), 3)
        axes.legend(list(drawn), texts, loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=columns)

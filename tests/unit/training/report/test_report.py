"""A page holds any text as a text, and a plot any name as a name."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.report import banner, facts, figure, heading, page, paragraph, plots, table
from training.report.text import measure, number, shown

HOSTILE = [
    "<script>",
    "$\\frac{1}{0}$",
    "_hidden",
    "a & b",
    '"quoted"',
    "\\1\\g<0>",
    "\x00\ud800",
    "#010101",
    "\u202eevil",
]


@given(st.text(st.characters(codec=None), max_size=30))
def test_no_text_can_be_more_than_a_text(text: str) -> None:
    made = page(text, [heading(text), paragraph(text), banner(text, "bad", text), facts([(text, text)])])
    made.encode()
    made += table([text], [[text]], text).html
    tags = set(re.findall(r"<([a-z0-9]+)", made.split("</style>")[1]))
    assert tags <= {*("body", "main", "h1", "h2", "p", "div", "span", "strong", "dl", "dt", "dd")} | {
        *("table", "thead", "tbody", "tr", "th", "td", "caption")
    }


@pytest.mark.parametrize("name", HOSTILE)
def test_a_plot_shows_any_name_as_it_is(name: str) -> None:
    names = [name, "other"]
    drawn = [
        plots.bars(names, [1, 2], name, name),
        plots.intervals(names, [1, 2], [(0, 2), (1, 3)], name, name, mark=1),
        plots.histogram([0, 1, 2], [[1, 2], [2, 1]], name, name, name, names),
        plots.lines([(text, [0, 1], [0, 1]) for text in names], name, name, name, diagonal=True),
        plots.scatter([0, 1], [0, 1], name, name, name),
        plots.heat([[1, 2], [3, 4]], names, name, name, name),
    ]
    for svg in drawn:
        root = ET.fromstring(svg)
        texts = [
            "".join(node.itertext()).strip("\u200b") for node in root.iter() if node.tag.endswith("}text")
        ]
        assert shown(name) in texts


def test_a_plot_has_the_same_bytes_each_time_and_no_date() -> None:
    svg = [plots.scatter(np.arange(9), np.arange(9), "a plot") for _ in range(2)]
    assert svg[0] == svg[1]
    assert "<metadata" not in svg[0]
    assert "matplotlib" not in svg[0]


def test_a_plot_takes_its_colours_and_fonts_from_the_page() -> None:
    svg = plots.histogram([0, 1, 2], [[1, 2], [2, 1]], "two", names=["a", "b"])
    assert not set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})", svg))
    assert {"var(--c1, #0072b2)", "var(--c2, #d55e00)"} <= set(re.findall(r"var\(--c\d, #\w+\)", svg))
    assert "DejaVu" not in svg


@pytest.mark.parametrize("rows", [[], [[None, "a", True]], [[1, "2.5 %", 3.25], [-1, "\N{EN DASH}", None]]])
def test_a_column_of_numbers_is_set_to_the_right(rows: list[list[object]]) -> None:
    made = table(["a", "b", "c"], rows).html  # type: ignore[arg-type]
    assert made.count('<th scope="col" class="n"') == (3 if rows and rows[0][0] else 1 if rows else 0)


def test_a_figure_has_its_caption() -> None:
    assert "<figcaption>a &lt; b</figcaption>" in figure("<svg/>", "a < b").html


@settings(max_examples=50)
@given(st.floats())
def test_any_number_has_a_text(value: float) -> None:
    assert number(value)
    assert measure(value)


def test_empty_plots_are_not_a_fault() -> None:
    assert plots.scatter([], [], "none", diagonal=True)
    assert plots.lines([], "none")

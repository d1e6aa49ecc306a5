"""quality.json and quality.html: the same figures for programs and for people."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import polars as pl

from tests.unit.quality.conftest import ROWS, Assess
from training.quality import Reading, assess, document, write

HOSTILE = (
    "<script>alert(1)</script>",
    '"; DROP TABLE y; --',
    "^.*$",
    "count",
    "' onload='x",
    "a\u202eb",
    "&amp;",
)


class Tags(HTMLParser):
    """Every tag and attribute of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_what_is_written_is_the_same_for_the_same_rows(
    assessed: Assess, made: np.random.Generator, answer: list[str], tmp_path: Path
) -> None:
    columns = {"a": made.normal(size=ROWS), "g": made.choice(["x", "z"], ROWS).tolist(), "y": answer}
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        write(assessed(columns), tmp_path / name)
    for file in ("quality.json", "quality.html"):
        assert (tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes()
    document = json.loads((tmp_path / "first" / "quality.json").read_bytes())
    assert document["verdict"] == "sound"
    assert [column["name"] for column in document["columns"]] == ["a", "g"]
    assert document["columns"][0]["numbers"]["histogram"]["counts"]


def test_the_page_begins_with_the_verdict_and_tells_each_finding(
    assessed: Assess, answer: list[str], tmp_path: Path
) -> None:
    reading = Reading(500, bad=100, quarantined=(("Experience below 0", 100),))
    write(assessed({"same": [1] * ROWS, "y": answer}, reading=reading), tmp_path)
    text = Tags((tmp_path / "quality.html").read_text(encoding="utf-8")).text
    order = (
        "These data are refused",
        "What was found",
        "same says the same in every row",
        "The columns",
        "What was set aside",
        "How to read this",
    )
    found_at = [text.index(said) for said in order]
    assert found_at == sorted(found_at)
    assert "Experience below 0" in text


def test_hostile_names_and_values_are_text_on_the_page(
    assessed: Assess, made: np.random.Generator, answer: list[str], tmp_path: Path
) -> None:
    shared = made.normal(size=ROWS)
    numbers = {name: shared + made.normal(0, 0.01, ROWS) for name in HOSTILE}
    words = {
        f"{name} words" if name != "^.*$" else "^.*s$": made.choice(HOSTILE, ROWS).tolist()
        for name in HOSTILE
    }
    classes = ["<img src=x onerror=alert(1)>" if value == "yes" else "no" for value in answer]
    reading = Reading(ROWS, quarantined=(("<b>bold</b> missing", 3),))
    write(assessed({**numbers, **words, "^len$": classes}, reading=reading), tmp_path)
    page = (tmp_path / "quality.html").read_text(encoding="utf-8")
    seen = Tags(page)
    assert not seen.tags & {"script", "img", "b", "iframe", "a", "link"}
    assert not {name for name in seen.attributes if name.startswith("on")}
    assert "\u202e" not in page
    assert "<script>alert(1)</script>" in seen.text
    assert not re.search(r"(?:src|href)=", re.sub(r"&[a-z]+;|[^<>]*(?=<)", "", page))


def test_of_many_columns_the_closest_forty_are_drawn(
    assessed: Assess, made: np.random.Generator, answer: list[str], tmp_path: Path
) -> None:
    write(assessed({**{f"n{n}": made.normal(size=ROWS) for n in range(60)}, "y": answer}), tmp_path)
    page = (tmp_path / "quality.html").read_text(encoding="utf-8")
    assert "The 40 of 60 columns with the closest ties" in page
    assert len(json.loads((tmp_path / "quality.json").read_bytes())["correlations"]["names"]) == 60


def test_rows_may_come_lazily_from_a_file(
    assessed: Assess, made: np.random.Generator, answer: list[str], tmp_path: Path
) -> None:
    columns = {"a": made.normal(size=ROWS), "b": made.normal(size=ROWS), "y": answer}
    held = assessed(columns)
    file = tmp_path / "rows.parquet"
    pl.DataFrame(columns).with_columns(pl.col("a", "b").cast(pl.Float32)).write_parquet(file)
    assert document(assess(pl.scan_parquet(file), held.contract, Reading(ROWS))) == document(held)

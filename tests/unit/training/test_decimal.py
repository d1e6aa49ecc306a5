"""Numbers with a decimal comma are the numbers that the same data has with points."""

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dropforge.domain.contract import Contract, parse_contract, parse_number, with_point
from tests.unit.training.container import Another
from tests.unit.training.small import part, quarantined
from training.process.dividing import PARTS
from training.process.numbers import read_numbers
from training.process.reading import blocks

COLUMNS = {
    "area": {"type": "number", "min": 0, "max": 2000.25},
    "rooms": "integer",
    "kind": "category",
    "price": "number",
}
COMMA = {"delimiter": ";", "decimal": ",", "nulls": ["", "-9,5"]}
POINT = {"delimiter": ";", "nulls": ["", "-9.5"]}


def contract(reader: dict[str, Any]) -> Contract:
    return parse_contract(
        {
            "usecase": "homes",
            "problem": "regression",
            "target": "price",
            "columns": COLUMNS,
            "reader": reader,
            "rules": {"dear": "price >= area"},
            "quality": {"minimum_rows": 10, "bad_rows": 0.5},
            "split": {"seed": 7},
        }
    )


def homes(decimal: str, thousands: str = "") -> list[str]:
    """With gaps, quoted cells, an exponent, and a row that a range and one that a rule is against."""

    def amount(number: float) -> str:
        return f"{number:,.2f}".translate({ord(","): thousands, ord("."): decimal})

    lines = [f"{amount(20.25 + n)};{n % 7};v1.{n % 3};{amount(1234.5 * (n + 1))}" for n in range(120)]
    gap = f"-9{decimal}5"
    odd = [f"{gap};;v1.0;{gap[1:]}", f'"{amount(1999.5)}";"3";v1.1;+25{decimal}5e2', f"{gap};2;;77777"]
    return [*lines, *odd, f"2001{decimal}5;1;v1.2;9999", f"200{decimal}5;1;v1.2;100{decimal}25"]


def body(lines: list[str], header: str = "area;rooms;kind;price") -> bytes:
    return "\n".join([header, *lines, ""]).encode()


@pytest.mark.parametrize("size", [blocks.SIZE, 200])
@pytest.mark.parametrize("thousands", ["", "."])
def test_a_drop_with_decimal_commas_is_the_drop_with_points(
    size: int, thousands: str, another: Another, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read at once or in many blocks: the same parts, figures, transform and baseline."""
    monkeypatch.setattr(blocks, "SIZE", size)
    made = []
    for reader, lines in ((POINT, homes(".")), (COMMA, homes(",", thousands))):
        container = another(contract(reader))
        report = container.process(body(lines))
        assert report["status"] == "accepted", report["reason"]
        assert report["quarantined"] == {"area above 2000.25": 1, "dear": 1}
        parts = {name: part(container, name) for name in PARTS}
        figures = {name: report[name] for name in ("rows", "columns")}
        files = {
            **container.files("processing/output/transform"),
            **container.files("processing/output/baseline"),
        }
        made.append((parts, figures, files))
    (points, figures, files), (commas, again, others) = made
    assert all(points[name].equals(commas[name], null_equal=True) for name in PARTS)
    assert figures == again
    assert files == others


def test_what_is_not_a_number_with_a_decimal_comma_is_a_bad_row_as_it_came(another: Another) -> None:
    """A dot that groups no thousands is a point: `1.5` read as 15 would be a wrong number in silence."""
    container = another(contract(COMMA))
    cells = ["1.5", "1,2,3", "12.34,5", "1,234.5", "1234.567,8"]
    report = container.process(body([*homes(","), *(f"{cell};1;x;99999" for cell in cells)]))
    assert report["quarantined"]["area not a number"] == len(cells)
    assert [row["area"] for row in quarantined(container) if row["line"] > "126"] == cells


def test_json_lines_have_points_whatever_a_csv_has(another: Another) -> None:
    container = another(contract(COMMA))
    rows = [
        {"area": n + 0.5, "rooms": n, "kind": "v1.0", "price": f"{1000 * n + 0.5}"} for n in range(20, 60)
    ]
    report = container.process("\n".join(map(json.dumps, rows)).encode(), "drop.jsonl")
    assert report["rows"]["good"] == len(rows)


@settings(max_examples=300, deadline=None)
@given(st.text("0123456789.,+-e \xa0", max_size=12))
@example("1.234.567,5")
@example("-1.000")
@example(",5")
def test_a_column_is_read_as_one_text_is(cell: str) -> None:
    """So batch inference, which reads row by row, sees what training saw."""
    (read,) = read_numbers(pl.DataFrame({"cell": [cell, "1,5"]}), [""], ",")
    assert read.values.to_list() == [parse_number(with_point(cell)), 1.5]

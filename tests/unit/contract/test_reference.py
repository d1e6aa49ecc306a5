"""The reference page says what the parser reads, and its examples are contracts."""

import re
from pathlib import Path
from typing import Any

import pytest

import dropforge
from dropforge.domain.contract import algorithms, metrics, sections
from dropforge.domain.contract.reference import page, words
from dropforge.edge.contract_yaml import load_contract

PUBLISHED = Path(dropforge.__file__).parents[3] / "docs" / "contract.md"
TABLE = """\
usecase: any
problem: binary
target: Personal Loan
"""
COLUMNS = """
columns:
  when: date
  Age: {type: integer, min: 0}
  Income: number
  injury: number
  property: number
  vehicle: number
  total: number
  card balance: number
  Education: category
  Personal Loan: {type: category, values: [0, 1]}
"""
PICTURES = "usecase: any\nproblem: image\n"


def test_the_published_page_is_the_one_that_the_fields_make() -> None:
    """Else: python -m dropforge.domain.contract.reference > docs/contract.md"""
    assert PUBLISHED.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("name", words.EXAMPLES)
def test_every_example_is_part_of_a_contract(name: str) -> None:
    example = words.EXAMPLES[name]
    base = PICTURES if name == "image" else TABLE + (COLUMNS if name != "columns" else "")
    assert load_contract(base + example).usecase == "any"


def test_the_first_example_is_a_contract() -> None:
    assert load_contract(words.FIRST).usecase == "loan"


def is_fields(part: Any) -> bool:
    """True for a table of fields by key."""
    return isinstance(part, dict) and bool(part) and all(hasattr(each, "about") for each in part.values())


def test_every_part_has_an_example_and_every_key_a_row_with_a_meaning() -> None:
    parts: dict[str, Any] = vars(sections) | vars(algorithms)
    fields = [part for part in parts.values() if is_fields(part)]
    keys = {key for part in fields for key in part}
    rows = {
        row[1]: row[2].strip() for row in re.finditer(r"^\| `([^`]+)` .*\| ([^|]*) \|$", page(), re.MULTILINE)
    }
    named = {name.rpartition(".")[2] for name in rows}
    assert named >= {*sections.TOP} - set(words.EXAMPLES)
    assert named >= set(metrics.EVERY)
    assert [key for key in sorted(keys) if key not in named] == []
    assert [name for name, meaning in rows.items() if not meaning] == []

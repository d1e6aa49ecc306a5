"""The reference page says what the parser reads, and its examples are contracts."""

import re
from pathlib import Path

import pytest

import dropforge
from dropforge.domain.contract import metrics
from dropforge.domain.contract.reference import page, words
from dropforge.domain.contract.whole import SECTIONS
from dropforge.edge.contract_yaml import load_contract

EXAMPLES = {name: section.example for name, section in SECTIONS.items() if section.example}
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


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_part_of_a_contract(name: str) -> None:
    example = EXAMPLES[name]
    base = PICTURES if name == "image" else TABLE + (COLUMNS if name != "columns" else "")
    assert load_contract(base + example).usecase == "any"


def test_the_first_example_is_a_contract() -> None:
    assert load_contract(words.FIRST).usecase == "loan"


def test_every_row_of_the_page_has_a_meaning() -> None:
    rows = {
        row[1]: row[2].strip() for row in re.finditer(r"^\| `([^`]+)` .*\| ([^|]*) \|$", page(), re.MULTILINE)
    }
    assert set(rows) >= {*SECTIONS} - set(EXAMPLES)
    assert set(rows) >= set(metrics.EVERY)
    assert [name for name, meaning in rows.items() if not meaning] == []

"""The use cases' sample data: seeded, in the contract's shape, sound but for the faults asked for."""

import csv
import importlib
import io
import operator
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dropforge.domain.contract import (
    Column,
    Contract,
    RowRule,
    Term,
    category_text,
    null_markers,
    parse_number,
)
from dropforge.edge.contract_yaml import load_contract
from usecases.bank.generate import TABLE as BANK
from usecases.bike.generate import TABLE as BIKE
from usecases.fraud.generate import TABLE as FRAUD
from usecases.loan.generate import TABLE as LOAN
from usecases.table import Table

ROOT = Path(__file__).parents[3]
TABLES = {table.usecase: table for table in (LOAN, FRAUD, BANK, BIKE)}
EVERY = (*TABLES, "images")
COMPARE: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "!=": operator.ne,
}


def contract_of(usecase: str) -> Contract:
    return load_contract((ROOT / "usecases" / usecase / "contract.yaml").read_bytes())


def text_of(table: Table, rows: int, seed: int, bad: int = 0, labelled: bool = True) -> str:
    out = io.StringIO()
    table.write(out, rows, seed, bad, labelled)
    return out.getvalue()


def read(table: Table, text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=table.delimiter))


def cell_is_sound(column: Column, text: str, contract: Contract) -> bool:
    if text in null_markers(contract):
        return not column.required and column.name != contract.target
    if column.numeric:
        number = parse_number(text)
        low, high = column.min, column.max
        bounded = number is not None and (low is None or number >= low) and (high is None or number <= high)
        return bounded and (column.type == "number" or float(number or 0).is_integer())
    if column.type == "date":
        try:
            datetime.strptime(text, column.format or "%Y-%m-%d")  # noqa: DTZ007 - a day has no zone
        except ValueError:
            return False
    return not column.values or category_text(text) in column.values


def sum_of(terms: tuple[Term, ...], row: dict[str, str]) -> float:
    return sum(term.coefficient * float(row[term.column]) if term.column else term.constant for term in terms)


def rule_holds(rule: RowRule, row: dict[str, str]) -> bool:
    return COMPARE[rule.op](sum_of(rule.left, row), sum_of(rule.right, row))


def is_sound(row: dict[str, str], contract: Contract) -> bool:
    cells = all(cell_is_sound(column, row[column.name], contract) for column in contract.columns)
    return cells and all(rule_holds(rule, row) for rule in contract.rules)


@pytest.mark.parametrize("usecase", EVERY)
def test_the_contract_is_read_and_takes_no_more_than_forty_lines(usecase: str) -> None:
    lines = (ROOT / "usecases" / usecase / "contract.yaml").read_text(encoding="utf-8").splitlines()
    assert contract_of(usecase).usecase == usecase
    assert len(lines) <= 40


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(table: Table) -> None:
    assert text_of(table, 50, 1) == text_of(table, 50, 1) != text_of(table, 50, 2)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_the_columns_are_the_contracts(table: Table) -> None:
    contract = contract_of(table.usecase)
    (row,) = read(table, text_of(table, 1, 1))
    known = {column.name for column in contract.columns} | set(contract.drop)
    assert set(row) == known == set(table.columns)
    assert table.target == contract.target
    assert table.delimiter == contract.reader.delimiter
    assert table.target not in read(table, text_of(table, 1, 1, labelled=False))[0]


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("bad", [0, 1, 7, 100])
def test_rows_obey_the_contract_but_for_the_faults_asked_for(table: Table, bad: int) -> None:
    contract = contract_of(table.usecase)
    rows = read(table, text_of(table, 700, 3, bad))
    assert sum(not is_sound(row, contract) for row in rows) == bad


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_fault_spoils_its_own_row_alone(table: Table) -> None:
    sound, planted = read(table, text_of(table, 100, 1)), read(table, text_of(table, 100, 1, bad=9))
    assert sum(one != two for one, two in zip(sound, planted, strict=True)) == 9


@pytest.mark.parametrize(
    ("table", "value", "low", "high"),
    [(LOAN, "1", 0.1, 0.25), (FRAUD, "Y", 0.2, 0.4), (BANK, "yes", 0.06, 0.2)],
    ids=["loan", "fraud", "bank"],
)
def test_the_rarer_class_is_as_rare_as_it_would_be(table: Table, value: str, low: float, high: float) -> None:
    rows = read(table, text_of(table, 2000, 1))
    assert low < sum(row[table.target] == value for row in rows) / len(rows) < high


def test_what_leaks_in_the_real_data_leaks_in_the_made_up_data() -> None:
    """So that the checks for it can be tried: the bicycles' two kinds add up to the count."""
    rows = read(BIKE, text_of(BIKE, 200, 1))
    assert all(int(row["casual"]) + int(row["registered"]) == int(row["cnt"]) for row in rows)


def test_missing_and_none_are_two_things() -> None:
    rows = read(FRAUD, text_of(FRAUD, 300, 1))
    assert any(row["collision_type"] == "?" for row in rows)
    assert any(row["authorities_contacted"] == "None" for row in rows)
    assert {row["_c39"] for row in rows} == {""}


@pytest.mark.parametrize("usecase", EVERY)
def test_it_runs_with_nothing_installed(usecase: str) -> None:
    """-S leaves the interpreter with the standard library alone."""
    done = subprocess.run(
        [sys.executable, "-S", "-m", f"usecases.{usecase}.generate", "--rows", "2"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    assert done.stdout[:2] == b"PK" if usecase == "images" else len(done.stdout.splitlines()) == 3


@pytest.mark.parametrize("usecase", EVERY)
def test_impossible_numbers_are_a_usage_error(usecase: str) -> None:
    module: Any = importlib.import_module(f"usecases.{usecase}.generate")
    main = module.main if usecase == "images" else module.TABLE.main
    with pytest.raises(SystemExit):
        main(["--rows", "10", "--bad", "11"])

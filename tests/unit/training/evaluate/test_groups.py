"""The metric for each group of rows."""

from typing import Any

import numpy as np
import polars as pl

from dropforge.domain.contract import Contract, parse_contract
from tests.unit.training.evaluate.answered import two, values
from training.evaluate.groups import MOST_COLUMNS, groups_of
from training.evaluate.measures import measure_of
from training.evaluate.predictions import Valued

ANSWERS = two()
ROWS = pl.DataFrame(
    {
        "job": np.where(np.arange(600) < 50, "student", np.where(np.arange(600) < 590, "clerk", "rare")),
        "town": [f"town {number % 40}" for number in range(600)],
        "Age": np.arange(600.0),
    }
)


def contract(columns: dict[str, Any], **gate: Any) -> Contract:
    document = {"usecase": "loan", "problem": "binary", "target": "taken", "gate": {"auc": 0.5, **gate}}
    return parse_contract(document | {"columns": {**columns, "taken": "category"}})


PLAIN = contract({"job": "category", "town": "category", "Age": "number"})


def test_without_slices_the_categories_of_few_values_are_looked_at() -> None:
    found = groups_of(measure_of(ANSWERS), ROWS, PLAIN, "accuracy")
    assert [(group.column, group.value, group.rows) for group in found] == [
        ("job", "clerk", 540),
        ("job", "student", 50),
    ]


def test_the_figure_of_a_group_is_that_of_its_rows_alone() -> None:
    (_, students) = groups_of(measure_of(ANSWERS), ROWS, PLAIN, "accuracy")
    right = float((ANSWERS.said == ANSWERS.truth)[:50].mean())
    assert students.score == right
    assert students.low <= right <= students.high


def test_the_contract_s_slices_are_taken_at_their_word() -> None:
    asked = contract({"job": "category", "town": "category"}, slices={"columns": ["job"]})
    found = groups_of(measure_of(ANSWERS), ROWS, asked, "accuracy")
    assert {group.column for group in found} == {"job"}


def test_no_group_that_the_contract_judges_is_passed_over() -> None:
    asked = contract({"job": "category", "town": "category"}, slices={"columns": ["town"], "minimum": 10})
    assert len(groups_of(measure_of(ANSWERS), ROWS, asked, "accuracy")) == 40


def test_missing_values_are_a_group_of_their_own() -> None:
    rows = pl.DataFrame({"job": [None] * 300 + ["clerk"] * 300}, schema={"job": pl.String})
    found = groups_of(measure_of(ANSWERS), rows, contract({"job": "category"}), "accuracy")
    assert [group.value for group in found] == ["(missing)", "clerk"]


def test_a_group_without_a_value_is_left_out() -> None:
    alike = Valued(np.concatenate([np.ones(300), np.arange(300.0)]), np.zeros(600))
    rows = pl.DataFrame({"job": ["same"] * 300 + ["other"] * 300})
    found = groups_of(measure_of(alike), rows, contract({"job": "category"}), "r2")
    assert [group.value for group in found] == ["other"]


def test_no_more_than_a_few_columns_are_looked_at_unasked() -> None:
    names = [f"c{number}" for number in range(9)]
    rows = pl.DataFrame({name: ["a", "b"] * 300 for name in names})
    found = groups_of(measure_of(values()), rows, contract(dict.fromkeys(names, "category")), "rmse")
    assert len({group.column for group in found}) == MOST_COLUMNS

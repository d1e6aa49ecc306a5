"""The live model is asked about the same rows, and what stands in the way of that fails no job."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dropforge.domain.contract import Contract, parse_contract
from tests.unit.training.evaluate.answered import many, two, values
from training.errors import JobError
from training.evaluate.champion import check_contract, compare
from training.evaluate.predictions import Classified, Predictions


def contract(**changes: Any) -> Contract:
    document = {
        "usecase": "loan",
        "problem": "binary",
        "target": "taken",
        "columns": {"Age": "integer", "job": "category", "taken": "category"},
    }
    return parse_contract(document | changes)


def raising(fault: Exception) -> Callable[[], Predictions]:
    def ask() -> Predictions:
        raise fault

    return ask


def test_the_comparison_is_on_the_same_rows_with_an_interval() -> None:
    good, bad = two(noise=0.2), two(noise=0.2)
    worse = replace(bad, probabilities=1 - np.abs(bad.probabilities - 0.3))
    found = compare("version 3", "auc", good, lambda: worse)
    assert found.comparison is not None
    assert found.comparison.rows == 600
    assert found.comparison.low <= found.comparison.difference <= found.comparison.high
    assert found.predictions is worse


def test_the_same_model_is_not_worse_than_itself() -> None:
    found = compare("version 3", "rmse", values(), values)
    assert found.comparison is not None
    assert found.comparison.standing(0.0) == "not worse"


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        (many(), "version 3 knows the classes 'class 000', 'class 001', 'class 002'"),
        (replace(two(), positive=0), "version 3 takes the other class for the positive one"),
        (values(), "version 3 answers another problem"),
    ],
)
def test_another_answer_is_not_comparable(theirs: Predictions, said: str) -> None:
    found = compare("version 3", "auc", two(), lambda: theirs)
    assert found.comparison is None
    assert found.why_not == f"not comparable: {said}"


@pytest.mark.parametrize(
    "fault", [JobError("it is broken"), OSError("it is broken"), RuntimeError("it is broken")]
)
def test_a_champion_that_cannot_be_asked_is_told_and_not_raised(fault: Exception) -> None:
    found = compare("version 3", "auc", two(), raising(fault))
    assert found.comparison is None
    assert found.why_not is not None
    assert found.why_not.endswith("it is broken")


def test_a_metric_without_a_value_is_not_compared() -> None:
    alike = Classified(("no", "yes"), 1, np.zeros(50, dtype=np.int64), np.full((50, 2), 0.5))
    assert compare("version 3", "auc", alike, lambda: alike).why_not == (
        "not comparable: auc has no value on these rows"
    )


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        ({"target": "job"}, "its target is 'job', not 'taken'"),
        ({"columns": {"Age": "integer", "Pay": "number", "taken": "category"}}, "it needs column 'Pay'"),
        (
            {"columns": {"Age": "category", "taken": "category"}},
            "column 'Age' is category there and integer here",
        ),
        ({"problem": "multiclass"}, "its problem is multiclass, not binary"),
    ],
)
def test_a_contract_that_asks_for_other_rows_is_named(theirs: dict[str, Any], said: str) -> None:
    with pytest.raises(JobError, match=said):
        check_contract(contract(), contract(**theirs))


def test_a_champion_of_fewer_columns_can_be_asked() -> None:
    check_contract(contract(), contract(columns={"Age": "integer", "taken": "category"}))

"""Tuning is refused where no tuning job could do it."""

from typing import Any

import pytest

from dropforge.domain.contract import ContractError, Range, parse_contract
from tests.unit.contract.wholes import BINARY, MULTICLASS, SCRIPT, changed

GRID = {"strategy": "grid", "ranges": {"max_depth": {"values": [2, 4]}, "eta": {"values": [0.1, 0.2, 0.3]}}}


@pytest.mark.parametrize(
    ("tuning", "said"),
    [
        ({}, "tuning.ranges: is missing; name the parameters that are searched"),
        ({"ranges": {}}, "tuning.ranges: has 0; 1 to 30 are allowed"),
        (
            {"ranges": {"depth": {"min": 1, "max": 2}}},
            "tuning.ranges.depth: 'depth' is not a parameter of xgboost",
        ),
        ({"ranges": {"eta": {"min": 0.1}}}, "tuning.ranges.eta: is missing min and max, or values"),
        ({"ranges": {"eta": {"min": 0.3, "max": 0.1}}}, "tuning.ranges.eta.min: 0.3 is not below max, 0.1"),
        ({"ranges": {"eta": {"min": 0.1, "max": 2}}}, "tuning.ranges.eta.max: 2 is not between 0.0001 and 1"),
        (
            {"ranges": {"max_depth": {"min": 1.5, "max": 3}}},
            "tuning.ranges.max_depth.min: 1.5 is not a whole",
        ),
        (
            {"ranges": {"gamma": {"min": 0, "max": 3, "scale": "log"}}},
            "tuning.ranges.gamma.min: 0 has no log",
        ),
        (
            {"ranges": {"class_weight": {"min": 0, "max": 3}}},
            "tuning.ranges.class_weight: is a choice of words",
        ),
        (
            {"ranges": {"class_weight": {"values": ["some"]}}},
            "tuning.ranges.class_weight.values: 'some' is not",
        ),
        ({"ranges": {"eta": {"values": [0.1, 0.1]}}}, "tuning.ranges.eta.values: 0.1 is listed twice"),
        (
            {"ranges": {"eta": {"values": [0.1], "min": 0.1}}},
            "tuning.ranges.eta: has values and something else",
        ),
        ({"ranges": {"eta": [0.1]}}, "tuning.ranges.eta: a list is not a mapping"),
        ({"trials": 0, "ranges": {"eta": {"min": 0.1, "max": 0.2}}}, "tuning.trials: 0 is not between 1"),
        (
            {"objective": "rmse", "ranges": {"eta": {"min": 0.1, "max": 0.2}}},
            "tuning.objective: 'rmse' is not",
        ),
        ({"objective": [], "ranges": {"eta": {"min": 0.1, "max": 0.2}}}, "tuning.objective: a list is not"),
        (
            {"strategy": "grid", "ranges": {"eta": {"min": 0.1, "max": 0.2}}},
            "tuning.ranges.eta: a grid takes values",
        ),
        (GRID | {"trials": 5}, "tuning.trials: the grid has 6 points; leave trials out"),
        (
            {"strategy": "hyperband", "early_stopping": True, "ranges": {"eta": {"min": 0.1, "max": 0.2}}},
            "tuning.early_stopping: hyperband stops trials by itself",
        ),
        ("fast", "tuning: 'fast' is not a mapping"),
    ],
)
def test_a_search_that_cannot_be_run_is_refused(tuning: Any, said: str) -> None:
    with pytest.raises(ContractError) as raised:
        parse_contract(changed(BINARY, "tuning", tuning))
    assert any(str(problem).startswith(said) for problem in raised.value.problems), str(raised.value)


def test_a_grid_has_as_many_trials_as_points_and_no_more_run_at_once_than_there_are() -> None:
    tuning = parse_contract(changed(BINARY, "tuning", GRID)).tuning
    assert tuning
    assert tuning.trials == 6
    one = parse_contract(
        changed(BINARY, "tuning", {"trials": 1, "ranges": {"eta": {"min": 0.1, "max": 0.2}}})
    )
    assert one.tuning
    assert one.tuning.parallel == 1


def test_a_grid_too_fine_is_refused() -> None:
    ranges = {name: {"values": [n / 30 + 0.01 for n in range(29)]} for name in ("eta", "subsample", "gamma")}
    with pytest.raises(ContractError, match="make a grid of 24389 points; at most 750"):
        parse_contract(changed(BINARY, "tuning", {"strategy": "grid", "ranges": ranges}))


def test_tuning_needs_rows_to_choose_by() -> None:
    document = changed(MULTICLASS, "tuning", {"ranges": {"c": {"min": 0.1, "max": 10}}})
    with pytest.raises(
        ContractError, match=r"split\.validation: is 0, and tuning chooses by the validation part"
    ):
        parse_contract(document)


def test_hyperband_needs_an_algorithm_that_trains_in_rounds() -> None:
    tuning = {"strategy": "hyperband", "ranges": {"c": {"min": 0.1, "max": 10}}}
    document = changed(changed(MULTICLASS, "tuning", tuning), "split", None)
    with pytest.raises(ContractError, match="only xgboost trains in rounds"):
        parse_contract(document)


@pytest.mark.parametrize(
    ("spread", "read"),
    [
        ({"min": 0.1, "max": 1, "scale": "log"}, Range(0.1, 1, "log")),
        ({"values": ["scale", 0.5]}, Range(values=("scale", 0.5))),
    ],
)
def test_a_number_that_may_be_a_word_has_both_kinds_of_range(spread: dict[str, Any], read: Range) -> None:
    document = changed(MULTICLASS, "split", None)
    tuning = parse_contract(changed(document, "tuning", {"ranges": {"gamma": spread}})).tuning
    assert tuning
    assert tuning.ranges == {"gamma": read}


def test_a_scripts_own_parameters_have_ranges_too() -> None:
    tuning = parse_contract(SCRIPT).tuning
    assert tuning
    assert tuning.ranges == {"layers": Range(1, 5)}
    with pytest.raises(ContractError, match="'width' is not a parameter of script"):
        parse_contract(changed(SCRIPT, "tuning/ranges/width", {"min": 1, "max": 2}))

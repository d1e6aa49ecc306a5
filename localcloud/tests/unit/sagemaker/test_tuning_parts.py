"""The parts of tuning jobs: ranges and their scales, what is proposed, when a trial is hopeless."""

from __future__ import annotations

import math
from typing import Any

import pytest

from localcloud.services.sagemaker import ApiError
from localcloud.services.sagemaker.jobs.tuning.optimiser import Optimiser, Strategy
from localcloud.services.sagemaker.jobs.tuning.ranges import Tunable, tunables
from localcloud.services.sagemaker.jobs.tuning.stopping import is_hopeless


def ranges(kind: str, low: str, high: str, scale: str = "Auto") -> list[Tunable]:
    item = {"Name": "x", "MinValue": low, "MaxValue": high, "ScalingType": scale}
    return tunables({f"{kind}ParameterRanges": [item]})


def strategy(name: str = "Random", **changes: Any) -> Strategy:
    known = {"name": name, "maximize": True, "parallel": False, "seed": 1}
    return Strategy(**{**known, "least_resource": 1, "most_resource": 27, **changes})


def proposed(found: list[Tunable], count: int, how: Strategy | None = None) -> list[str]:
    optimiser = Optimiser(how or strategy(), found, "test")
    texts = []
    for _ in range(count):
        proposal = optimiser.propose()
        assert proposal is not None
        texts.append(proposal.hyperparameters["x"])
        optimiser.learn(proposal, float(len(texts)), stopped=False)
    return texts


@pytest.mark.parametrize(
    ("low", "high", "scale", "middle"),
    [
        ("0", "1", "Linear", 0.5),
        ("0.0001", "1", "Logarithmic", 0.01),
        ("0", "0.9999", "ReverseLogarithmic", 0.99),
        ("0.0001", "1", "Auto", 0.01),
        ("1", "2", "Auto", 1.5),
    ],
)
def test_half_of_the_proposals_lie_below_the_middle_of_the_scale(
    low: str, high: str, scale: str, middle: float
) -> None:
    values = [float(text) for text in proposed(ranges("Continuous", low, high, scale), 200)]
    assert all(float(low) <= value <= float(high) for value in values)
    assert 70 <= sum(value < middle for value in values) <= 130


@pytest.mark.parametrize("scale", ["Linear", "Logarithmic"])
def test_integers_are_whole_and_both_ends_are_reached(scale: str) -> None:
    assert set(proposed(ranges("Integer", "1", "4", scale), 100)) == {"1", "2", "3", "4"}


def test_a_bayesian_search_finds_the_place_sooner_than_chance() -> None:
    def best_of(name: str) -> float:
        optimiser = Optimiser(strategy(name, seed=3), ranges("Continuous", "0", "1", "Linear"), "test")
        found = -math.inf
        for _ in range(40):
            proposal = optimiser.propose()
            assert proposal is not None
            goal = -((float(proposal.hyperparameters["x"]) - 0.637) ** 2)
            optimiser.learn(proposal, goal, stopped=False)
            found = max(found, goal)
        return found

    assert best_of("Bayesian") > best_of("Random")


def test_what_was_remembered_is_not_proposed_by_a_grid_and_leads_a_bayesian_search() -> None:
    words = tunables({"CategoricalParameterRanges": [{"Name": "x", "Values": ["a", "b", "c"]}]})
    optimiser = Optimiser(strategy("Grid"), words, "test")
    optimiser.remember({"x": "b"}, 0.5)
    optimiser.remember({"x": "no such word"}, 0.5)
    optimiser.remember({"y": "a"}, 0.5)
    assert [found and found.hyperparameters["x"] for found in (optimiser.propose() for _ in range(3))] == [
        "a",
        "c",
        None,
    ]
    led = Optimiser(strategy("Bayesian"), ranges("Continuous", "0", "1", "Linear"), "test")
    for number in range(20):
        led.remember({"x": str(number / 20)}, -abs(number / 20 - 0.8))
    near = [led.propose() for _ in range(10)]
    assert sum(abs(float(each.hyperparameters["x"]) - 0.8) < 0.2 for each in near if each) >= 6


def test_hyperband_gives_up_what_others_have_left_behind() -> None:
    """Of trials that print worse and worse values, later ones are not given all of the resource."""
    optimiser = Optimiser(strategy("Hyperband"), ranges("Continuous", "0", "1", "Linear"), "test")
    steps = []
    for number in range(20):
        proposal = optimiser.propose()
        assert proposal is not None
        values: list[float] = []
        while len(values) < 27:
            values.append(1.0 - number)
            if optimiser.is_given_up(proposal, values, len(values) - 1):
                break
        steps.append(len(values))
        optimiser.learn(proposal, values[-1], stopped=len(values) < 27)
    assert steps[0] == 27
    assert sum(count < 27 for count in steps) >= 10


def test_a_trial_below_the_median_of_the_running_averages_is_hopeless() -> None:
    completed = [[0.1, 0.3, 0.5], [0.2, 0.4, 0.6], [0.3, 0.5, 0.7]]
    assert is_hopeless([0.2, 0.29], completed, maximize=True)  # the averages at two are 0.2, 0.3, 0.4
    assert not is_hopeless([0.2, 0.31], completed, maximize=True)
    assert is_hopeless([0.2, 0.31], completed, maximize=False)
    assert not is_hopeless([0.0], completed[:2], maximize=True)
    assert not is_hopeless([], completed, maximize=True)
    assert not is_hopeless([0, 0, 0, 0], completed, maximize=True)


@pytest.mark.parametrize(
    ("kind", "low", "high", "scale", "says"),
    [
        ("Continuous", "2", "1", "Linear", "above its MaxValue"),
        ("Continuous", "one", "2", "Linear", "not a number"),
        ("Continuous", "0", "nan", "Linear", "not a number"),
        ("Integer", "1.5", "2", "Linear", "not a number of its kind"),
        ("Continuous", "0", "1", "Logarithmic", "not all greater than 0"),
        ("Continuous", "0", "1", "ReverseLogarithmic", "within 0 <= x < 1"),
        ("Integer", "0", "1", "ReverseLogarithmic", "integer range"),
    ],
)
def test_a_range_that_cannot_be_is_refused(kind: str, low: str, high: str, scale: str, says: str) -> None:
    with pytest.raises(ApiError, match=says):
        ranges(kind, low, high, scale)


def test_a_name_or_a_word_given_twice_is_refused() -> None:
    words = {"Name": "x", "Values": ["a", "a"]}
    with pytest.raises(ApiError, match="a value twice"):
        tunables({"CategoricalParameterRanges": [words]})
    once = {"Name": "x", "Values": ["a"]}
    with pytest.raises(ApiError, match="more than one range"):
        tunables({"CategoricalParameterRanges": [once, once]})

"""Intervals say what chance alone could do, are the same each time, and cost the same for any test set."""

import time

import numpy as np
import pytest

from tests.unit.training.evaluate.answered import two, values
from training.evaluate.figures import MOST_DRAWN, difference_of, draws_of, figures_of
from training.evaluate.measures import measure_of


def test_the_deviation_of_a_share_is_the_binomial_s() -> None:
    predictions = two(2000)
    accuracy = figures_of(measure_of(predictions), np.arange(2000))["accuracy"]
    expected = (accuracy.value * (1 - accuracy.value) / 2000) ** 0.5
    assert accuracy.deviation == pytest.approx(expected, rel=0.1)
    assert accuracy.high - accuracy.low == pytest.approx(4 * expected, rel=0.15)
    assert accuracy.low < accuracy.value < accuracy.high


def test_of_more_rows_than_are_drawn_the_interval_is_that_of_all_rows() -> None:
    rows = 9 * MOST_DRAWN
    accuracy = figures_of(measure_of(two(rows)), np.arange(rows))["accuracy"]
    expected = (accuracy.value * (1 - accuracy.value) / rows) ** 0.5
    assert accuracy.deviation == pytest.approx(expected, rel=0.15)


def test_the_same_answers_have_the_same_intervals() -> None:
    measure, rows = measure_of(two()), np.arange(600)
    assert figures_of(measure, rows) == figures_of(measure, rows)


def test_each_draw_takes_as_many_rows_as_there_are() -> None:
    draws = draws_of(np.arange(50))
    assert draws.weights.shape == (1000, 50)
    assert (draws.weights.sum(axis=1) == 50).all()
    assert draws.scale == 1.0


@pytest.mark.slow
def test_a_large_test_set_is_judged_within_seconds() -> None:
    began = time.monotonic()
    figures_of(measure_of(two(600_000)), np.arange(600_000))
    assert time.monotonic() - began < 60


def test_a_model_does_not_differ_from_itself() -> None:
    measure = measure_of(two())
    found = difference_of(measure, measure, "auc", np.arange(600))
    assert (found.value, found.low, found.high) == (0, 0, 0)


def test_what_is_hard_for_both_is_not_a_difference() -> None:
    """Paired, two models that err alike are told apart by far fewer rows than their own intervals suggest."""
    one, noise = values(), np.random.default_rng(9).normal(0, 0.05, 600)
    other = type(one)(one.truth, one.values + noise)
    rows = np.arange(600)
    paired = difference_of(measure_of(one), measure_of(other), "rmse", rows)
    alone = figures_of(measure_of(one), rows)["rmse"]
    assert paired.high - paired.low < (alone.high - alone.low) / 5


def test_the_interval_covers_the_truth_about_95_times_in_100() -> None:
    inside = 0
    for seed in range(100):
        accuracy = figures_of(measure_of(two(300, seed=seed)), np.arange(300))["accuracy"]
        inside += accuracy.low <= 0.885 <= accuracy.high
    assert 88 <= inside <= 100

"""The gate: what refuses a model, what only has to be said, and that each sentence has its figures."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropforge.domain.contract import UPPER_LIMITS, Champion, Gate, Slices
from dropforge.domain.decisions import Comparison, Group, apply_gate

FINITE = st.floats(-1e6, 1e6)
METRICS = ("auc", "accuracy", "f1", "rmse", "mae", "logloss")
BEHIND = Comparison("version 3", "auc", 750, 0.9512, 0.9730, -0.031, -0.012)
STUDENTS = Group("job", "student", 80, "accuracy", 0.61, 0.50, 0.71)
ASKED = Slices(("job",), metric="accuracy", margin=0.1, minimum=50)


def limits(**figures: float) -> Gate:
    return Gate(figures)


def test_a_metric_below_its_limit_is_named_with_value_and_limit() -> None:
    verdict = apply_gate({"auc": 0.8312, "accuracy": 0.99}, limits(accuracy=0.95, auc=0.97))
    assert not verdict.passed
    assert verdict.sentence == "auc is 0.8312, below the gate of 0.9700"


def test_a_limit_that_is_just_reached_passes() -> None:
    verdict = apply_gate({"auc": 0.97}, limits(auc=0.97))
    assert verdict.passed
    assert verdict.sentence == "auc is 0.9700, at or above the gate of 0.9700"


def test_of_an_error_the_gate_is_the_most() -> None:
    verdict = apply_gate({"rmse": 812.34, "r2": 0.9}, limits(rmse=800, r2=0.8))
    assert not verdict.passed
    assert verdict.sentence == "rmse is 812.34, above the gate of 800.00"
    assert apply_gate({"rmse": 800.0}, limits(rmse=800)).passed


def test_what_was_not_measured_does_not_pass() -> None:
    for metrics in ({}, {"f1": None}, {"f1": float("nan")}):
        verdict = apply_gate(metrics, limits(f1=0.5))
        assert not verdict.passed
        assert verdict.sentence == "f1 was not measured, and the gate asks for 0.5000"


def test_without_a_gate_the_verdict_says_so() -> None:
    assert apply_gate({"auc": 0.9}, Gate()).sentence == "the contract sets no gate"


def test_a_verdict_is_one_sentence_with_the_champion_s_figures() -> None:
    verdict = apply_gate({"auc": 0.9512}, limits(auc=0.97), BEHIND)
    assert verdict.sentence == (
        "auc is 0.9512, below the gate of 0.9700; on the same 750 rows version 3 reached auc 0.9730 "
        "(difference \N{MINUS SIGN}0.0218, 95 % \N{MINUS SIGN}0.0310 to \N{MINUS SIGN}0.0120): worse"
    )


def test_a_worse_challenger_is_refused_only_where_the_contract_asks() -> None:
    assert apply_gate({"auc": 0.9512}, limits(auc=0.9), BEHIND).passed
    refused = apply_gate({"auc": 0.9512}, Gate({"auc": 0.9}, Champion(0.005, "auc")), BEHIND)
    assert not refused.passed
    assert refused.sentence.startswith("on the same 750 rows version 3 reached auc 0.9730")
    met = "auc is 0.9512, at or above the gate of 0.9000"
    assert refused.sentence.endswith(f"worse by more than 0.005; {met}")
    assert apply_gate({"auc": 0.9512}, Gate({"auc": 0.9}, Champion(0.02, "auc")), BEHIND).passed


@pytest.mark.parametrize(
    ("metric", "low", "high", "margin", "standing"),
    [
        ("auc", 0.001, 0.02, 0.0, "better"),
        ("auc", -0.004, 0.02, 0.005, "not worse"),
        ("auc", -0.02, 0.02, 0.005, "undecided"),
        ("auc", -0.02, -0.006, 0.005, "worse"),
        ("auc", 0.0, 0.0, 0.0, "not worse"),
        ("rmse", -20, -5, 0.0, "better"),
        ("rmse", 5, 20, 4, "worse"),
        ("rmse", -5, 20, 4, "undecided"),
        ("rmse", -5, 3, 4, "not worse"),
    ],
)
def test_the_interval_of_the_difference_decides(
    metric: str, low: float, high: float, margin: float, standing: str
) -> None:
    assert Comparison("version 3", metric, 750, 1.0, 1.0, low, high).standing(margin) == standing


def test_rows_too_few_to_tell_refuse_nothing_and_are_said() -> None:
    undecided = Comparison("version 3", "auc", 60, 0.90, 0.92, -0.06, 0.02)
    verdict = apply_gate({"auc": 0.9}, Gate({"auc": 0.8}, Champion(metric="auc")), undecided)
    assert verdict.passed
    assert verdict.sentence.endswith("these rows do not tell which is better")


def test_a_group_that_is_surely_worse_is_refused_with_its_figures() -> None:
    verdict = apply_gate({"accuracy": 0.9}, Gate({"accuracy": 0.8}, slices=ASKED), groups=[STUDENTS])
    assert not verdict.passed
    assert verdict.sentence == (
        "accuracy is 0.6100 where 'job' = 'student' (80 rows, 95 % 0.5000 to 0.7100) "
        "and 0.9000 over all rows; "
        "accuracy is 0.9000, at or above the gate of 0.8000"
    )


@pytest.mark.parametrize(
    "group",
    [
        Group("job", "student", 49, "accuracy", 0.61, 0.50, 0.71),
        Group("job", "student", 80, "accuracy", 0.75, 0.65, 0.85),
        Group("job", "student", 80, "auc", 0.1, 0.0, 0.2),
    ],
    ids=["too few rows", "the interval reaches the margin", "its metric was not measured over all rows"],
)
def test_a_group_that_may_be_as_good_refuses_nothing(group: Group) -> None:
    assert apply_gate({"accuracy": 0.9}, Gate(slices=ASKED), groups=[group]).passed


def test_of_many_bad_groups_the_worst_are_named_and_the_rest_counted() -> None:
    groups = [Group("job", str(n), 80, "accuracy", n / 100, n / 100, n / 100) for n in range(9, 0, -1)]
    verdict = apply_gate({"accuracy": 0.9}, Gate(slices=ASKED), groups=groups)
    assert [group.value for group in verdict.groups] == [str(n) for n in range(1, 10)]
    assert "and 6 more groups are as much worse" in verdict.sentence


@given(st.dictionaries(st.sampled_from(METRICS), FINITE), st.dictionaries(st.sampled_from(METRICS), FINITE))
def test_the_order_of_figures_changes_nothing(metrics: dict[str, float], gate: dict[str, float]) -> None:
    backwards = apply_gate(dict(reversed(metrics.items())), Gate(dict(reversed(gate.items()))))
    assert apply_gate(metrics, Gate(gate)).passed == backwards.passed


@given(
    st.dictionaries(st.sampled_from(METRICS), st.one_of(FINITE, st.none(), st.just(float("nan")))),
    st.dictionaries(st.sampled_from(METRICS), FINITE, min_size=1),
)
def test_it_passes_exactly_where_every_limit_is_measured_and_kept(
    metrics: dict[str, float | None], gate: dict[str, float]
) -> None:
    def kept(metric: str, limit: float) -> bool:
        value = metrics.get(metric)
        if value is None:
            return False
        return value <= limit if metric in UPPER_LIMITS else value >= limit

    assert apply_gate(metrics, Gate(gate)).passed == all(kept(*limit) for limit in gate.items())


@given(st.sampled_from(METRICS), FINITE, FINITE)
def test_different_figures_never_read_as_equal(metric: str, value: float, limit: float) -> None:
    sentence = apply_gate({metric: value}, Gate({metric: limit})).sentence
    first, second = re.findall(r"-?\d[-.e\d]*", sentence.removeprefix(metric))
    assert (first == second) <= (value == limit)


@given(FINITE, FINITE, st.floats(0, 1e3), st.sampled_from(METRICS))
def test_a_wider_margin_never_makes_a_challenger_worse(
    one: float, other: float, margin: float, metric: str
) -> None:
    compared = Comparison("version 3", metric, 100, 0, 0, min(one, other), max(one, other))
    if compared.standing(0.0) in ("better", "not worse"):
        assert compared.standing(margin) != "worse"


@given(FINITE, FINITE, FINITE)
def test_a_difference_never_reads_as_none(value: float, champion: float, low: float) -> None:
    compared = Comparison("version 3", "auc", 100, value, champion, low, low)
    said = re.findall(r"difference (\S+),", compared.sentence(0))[0]
    assert (float(said.replace("\N{MINUS SIGN}", "-")) == 0) <= (abs(value - champion) < 1e-16)

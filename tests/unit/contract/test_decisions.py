"""The gate: every metric must reach its limit, and the sentence says which does not, with the figures."""

from dropforge.domain.decisions import judge


def test_a_metric_below_its_limit_is_named_with_value_and_limit() -> None:
    verdict = judge({"auc": 0.8312, "accuracy": 0.99}, {"accuracy": 0.95, "auc": 0.97})
    assert not verdict.passed
    assert verdict.sentence == "auc is 0.8312, below the gate of 0.9700"


def test_a_limit_that_is_just_reached_passes() -> None:
    verdict = judge({"auc": 0.97}, {"auc": 0.97})
    assert verdict.passed
    assert verdict.sentence == "auc is 0.9700, at or above the gate of 0.9700"


def test_a_value_just_below_never_reads_as_equal_to_its_limit() -> None:
    assert judge({"auc": 0.96999999}, {"auc": 0.97}).sentence == (
        "auc is 0.96999999, below the gate of 0.97000000"
    )


def test_what_was_not_measured_does_not_pass() -> None:
    for metrics in ({}, {"f1": None}, {"f1": float("nan")}):
        verdict = judge(metrics, {"f1": 0.5})
        assert not verdict.passed
        assert verdict.sentence == "f1 was not measured, and the gate asks for 0.5000"

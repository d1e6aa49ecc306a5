"""Whatever ends badly is told once, with its kind, its source and its reason."""

from __future__ import annotations

import pytest

from dropforge.actions.report_failure import report_failure
from dropforge.domain.events import ExecutionEnded
from tests.unit.actions.fakes import FakeNotifications


def told(
    machine: str, status: str, error: str = "", cause: str = "", **given: object
) -> tuple[str, str, str]:
    notifications = FakeNotifications()
    ended = ExecutionEnded("arn", machine, "loan-0123456789abcdef", status, error, cause, given)
    report_failure(ended, notifications=notifications)
    (notification,) = notifications.told
    return notification.kind, notification.usecase, notification.message


@pytest.mark.parametrize(
    ("machine", "error", "kind"),
    [
        ("training", "DropRefused", "run_refused"),
        ("training", "GateNotMet", "run_refused"),
        ("training", "RunFailed", "run_failed"),
        ("training", "States.Runtime", "run_failed"),
        ("deployment", "DeploymentFailed", "deployment_failed"),
        ("inference", "InferenceRefused", "inference_refused"),
        ("inference", "InferenceFailed", "inference_failed"),
    ],
)
def test_each_end_has_its_kind_and_its_cause_word_for_word(machine: str, error: str, kind: str) -> None:
    found, usecase, message = told(machine, "FAILED", error, "accuracy is 0.90, below 0.95", usecase="loan")

    assert (found, usecase) == (kind, "loan")
    assert message.count("accuracy is 0.90, below 0.95") == 1


@pytest.mark.parametrize(("status", "word"), [("TIMED_OUT", "longer"), ("ABORTED", "stopped")])
def test_an_end_without_a_cause_says_what_happened_and_what_to_do(status: str, word: str) -> None:
    _, _, message = told("training", status, usecase="loan")

    assert word in message
    assert "redrive" in message


def test_an_execution_whose_input_aws_left_out_is_told_by_its_name() -> None:
    _, usecase, _ = told("training", "FAILED", "RunFailed", "x")

    assert usecase == "loan"


def test_the_file_is_named_where_it_is_known() -> None:
    _, _, message = told(
        "training", "FAILED", "DropRefused", "x", usecase="loan", bucket="b", key="drops/loan/a.csv"
    )

    assert "s3://b/drops/loan/a.csv" in message

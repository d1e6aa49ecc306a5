"""Whatever an execution ended with is told in one sentence, with the facts behind it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dropforge.actions.notify_people import notify_people
from dropforge.actions.results import Ignored
from dropforge.domain.events import ExecutionEnded
from dropforge.domain.outcome import outcome_of
from tests.unit.actions.ends import (
    APPROVED,
    ARN,
    DEPLOYED,
    DROP,
    PACKAGE,
    REGISTERED,
    ROLLBACK,
    ROLLED_BACK,
    RUN,
    failed,
    succeeded,
)
from tests.unit.actions.fakes import FakeNotifications


def notified(ended: ExecutionEnded) -> dict[str, Any]:
    notifications = FakeNotifications()
    notify_people(outcome_of(ended), notifications=notifications)
    (notification,) = notifications.sent
    return dict(json.loads(notification.body))


def test_a_registered_model_is_told_with_all_that_an_approver_needs() -> None:
    assert notified(succeeded("training", DROP, REGISTERED)) == {
        "kind": "model_registered",
        "usecase": "loan",
        "message": "Version 3 of loan passed its gate and waits for approval: approve it with "
        '"./dropforge approve loan 3" or in the model registry.',
        "run": RUN,
        "version": 3,
        "model_package_arn": PACKAGE,
        "metrics": {"auc": 0.99, "f1": None},
        "drop": "s3://b/drops/loan/a.csv",
        "evaluation": f"s3://b/runs/loan/{RUN}/evaluation/",
    }


def test_a_deployment_is_told_with_what_serves_now_and_what_it_replaced() -> None:
    assert notified(succeeded("deployment", APPROVED, DEPLOYED)) == {
        "kind": "deployed",
        "usecase": "loan",
        "message": "Version 3 of loan is live on endpoint dropforge-loan.",
        "endpoint": "dropforge-loan",
        "endpoint_config": "dropforge-loan-v3",
        "replaced": "dropforge-loan-v2",
        "version": 3,
        "model_package_arn": PACKAGE,
    }


def test_a_roll_back_is_told_with_the_alarm_that_asked_for_it() -> None:
    assert notified(succeeded("deployment", ROLLBACK, ROLLED_BACK)) == {
        "kind": "rolled_back",
        "usecase": "loan",
        "message": "Endpoint dropforge-loan serves dropforge-loan-v2 again, after dropforge-loan-v3 was "
        "taken out: Alarm dropforge-loan-5xx: 3 errors. Look at its log before you approve that version "
        "again.",
        "endpoint": "dropforge-loan",
        "from": "dropforge-loan-v3",
        "to": "dropforge-loan-v2",
        "reason": "Alarm dropforge-loan-5xx: 3 errors.",
    }


@pytest.mark.parametrize(
    ("ended", "subject"),
    [
        (succeeded("training", DROP, REGISTERED), "[dropforge] loan version 3 waits for approval"),
        (succeeded("deployment", APPROVED, DEPLOYED), "[dropforge] loan version 3 is live"),
        (succeeded("deployment", ROLLBACK, ROLLED_BACK), "[dropforge] loan was rolled back"),
        (failed("training", "RunFailed", "x", usecase="loan"), "[dropforge] loan: run failed"),
    ],
)
def test_an_e_mail_says_in_its_subject_what_happened(ended: ExecutionEnded, subject: str) -> None:
    notifications = FakeNotifications()
    notify_people(outcome_of(ended), notifications=notifications)

    assert notifications.sent[0].subject == subject


PREDICTED = {
    "run": RUN,
    "usecase": "loan",
    "rows": 5,
    "doubtful": 0,
    "quarantined": 0,
    "predictions": "s3://b/p",
}
SUPERSEDED = {"usecase": "loan", "endpoint": "dropforge-loan", "endpoint_config": "dropforge-loan-v3"}


@pytest.mark.parametrize(
    ("machine", "found"),
    [
        ("inference", PREDICTED | {"status": "predicted"}),
        ("deployment", SUPERSEDED | {"status": "superseded"}),
    ],
)
def test_a_success_that_nobody_waits_for_is_not_told(machine: str, found: dict[str, Any]) -> None:
    notifications = FakeNotifications()

    answer = notify_people(outcome_of(succeeded(machine, {}, found)), notifications=notifications)

    assert isinstance(answer, Ignored)
    assert notifications.sent == []


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
def test_each_bad_end_has_its_kind_and_its_cause_word_for_word(machine: str, error: str, kind: str) -> None:
    message = notified(failed(machine, error, "accuracy is 0.90, below 0.95", usecase="loan"))

    assert (message["kind"], message["usecase"]) == (kind, "loan")
    assert message["message"].count("accuracy is 0.90, below 0.95") == 1


def test_a_bad_end_is_told_with_its_facts() -> None:
    message = notified(failed("training", "GateNotMet", "accuracy is 0.90", **DROP))

    assert message == {
        "kind": "run_refused",
        "usecase": "loan",
        "message": f"Run {RUN} was refused (s3://b/drops/loan/a.csv): accuracy is 0.90",
        "run": RUN,
        "execution": ARN,
        "status": "FAILED",
        "error": "GateNotMet",
        "reason": "accuracy is 0.90",
    }


@pytest.mark.parametrize(("status", "word"), [("TIMED_OUT", "longer"), ("ABORTED", "stopped")])
def test_an_end_without_a_cause_says_what_happened_and_what_to_do(status: str, word: str) -> None:
    message = notified(failed("training", status=status, usecase="loan"))

    assert word in message["message"]
    assert "redrive" in message["message"]


def test_an_execution_without_a_use_case_is_told_by_its_name() -> None:
    assert notified(failed("training", "RunFailed", "x"))["usecase"] == "loan"

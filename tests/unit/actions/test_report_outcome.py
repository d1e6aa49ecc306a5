"""Whatever an execution ended with is told once, in one sentence, with the facts behind it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from dropforge.actions.answers import Ignored, Reported
from dropforge.actions.notify_people import notify_people
from dropforge.actions.report_outcome import report_outcome
from dropforge.domain.errors import BadEvent
from dropforge.domain.events import ExecutionEnded
from dropforge.domain.outcome import Outcome
from dropforge.ports import Documents
from tests.unit.actions.fakes import FakeNotifications

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from dropforge.actions.report_outcome import Reaction

RUN = "loan-0123456789abcdef"
ARN = "arn:aws:states:us-east-1:000000000000:execution:dropforge-training:" + RUN
PACKAGE = "arn:aws:sagemaker:us-east-1:000000000000:model-package/dropforge-loan/3"
DROP = {
    "usecase": "loan",
    "run": RUN,
    "bucket": "b",
    "key": "drops/loan/a.csv",
    "drop": "s3://b/drops/loan/a.csv",
    "prefix": f"runs/loan/{RUN}",
}
REGISTERED = {
    "run": RUN,
    "usecase": "loan",
    "status": "registered",
    "model_package_arn": PACKAGE,
    "version": 3,
    "metrics": {"auc": 0.99, "f1": None},
}
APPROVED = {"usecase": "loan", "model_package_arn": PACKAGE, "version": 3, "stack": "dropforge"}
DEPLOYED = {
    "usecase": "loan",
    "status": "deployed",
    "endpoint": "dropforge-loan",
    "endpoint_config": "dropforge-loan-v3",
    "replaced": "dropforge-loan-v2",
    "model_package_arn": PACKAGE,
    "version": 3,
}
ROLLBACK = {
    "usecase": "loan",
    "rollback_to": "dropforge-loan-v2",
    "rollback_from": "dropforge-loan-v3",
    "reason": "Alarm dropforge-loan-5xx: 3 errors.",
    "stack": "dropforge",
}
ROLLED_BACK = {
    "usecase": "loan",
    "status": "rolled_back",
    "endpoint": "dropforge-loan",
    "endpoint_config": "dropforge-loan-v2",
    "replaced": "dropforge-loan-v3",
    "model_package_arn": "",
    "version": 0,
}


class Memory:
    """What was done, as the table of handled events keeps it."""

    def __init__(self) -> None:
        self._answers: dict[str, Mapping[str, Any]] = {}

    def __call__(self, key: str, act: Callable[[], DataclassInstance]) -> Mapping[str, Any]:
        if key not in self._answers:
            self._answers[key] = asdict(act())
        return self._answers[key]


class FakeEndedExecutions:
    def __init__(self, **documents: Mapping[str, Any]) -> None:
        self._documents = documents
        self.asked: list[str] = []

    def documents(self, execution_arn: str) -> Documents:
        self.asked.append(execution_arn)
        return Documents(self._documents["input"], self._documents["output"])


class Office:
    """Where ends are reported."""

    def __init__(self, executions: FakeEndedExecutions | None = None) -> None:
        self.notifications, self.memory = FakeNotifications(), Memory()
        self.executions = executions or FakeEndedExecutions()
        self.reactions: dict[str, Reaction] = {
            "notify_people": partial(notify_people, notifications=self.notifications)
        }

    def report(self, ended: ExecutionEnded) -> Reported:
        return report_outcome(ended, self.memory, executions=self.executions, reactions=self.reactions)

    def message(self) -> dict[str, Any]:
        (notification,) = self.notifications.told
        return dict(json.loads(notification.body))


def succeeded(machine: str, given: Mapping[str, Any], found: Mapping[str, Any]) -> ExecutionEnded:
    return ExecutionEnded(ARN, machine, RUN, "SUCCEEDED", "", "", given, found, "1")


def failed(
    machine: str, error: str = "", cause: str = "", status: str = "FAILED", **given: object
) -> ExecutionEnded:
    return ExecutionEnded(ARN, machine, RUN, status, error, cause, given)


def told(ended: ExecutionEnded) -> dict[str, Any]:
    office = Office()
    office.report(ended)
    return office.message()


def test_a_registered_model_is_told_with_all_that_an_approver_needs() -> None:
    assert told(succeeded("training", DROP, REGISTERED)) == {
        "kind": "model_registered",
        "usecase": "loan",
        "message": "Version 3 of loan passed its gate and waits for approval: approve it with "
        '"dropforge approve loan 3" or in the model registry.',
        "run": RUN,
        "version": 3,
        "model_package_arn": PACKAGE,
        "metrics": {"auc": 0.99, "f1": None},
        "drop": "s3://b/drops/loan/a.csv",
        "evaluation": f"s3://b/runs/loan/{RUN}/evaluation/",
    }


def test_a_deployment_is_told_with_what_serves_now_and_what_it_replaced() -> None:
    assert told(succeeded("deployment", APPROVED, DEPLOYED)) == {
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
    assert told(succeeded("deployment", ROLLBACK, ROLLED_BACK)) == {
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
    office = Office()
    office.report(ended)

    assert office.notifications.told[0].subject == subject


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
    office = Office()

    answer = office.report(succeeded(machine, {}, found))

    assert answer.reactions["notify_people"]["status"] == Ignored("").status
    assert office.notifications.told == []


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
    message = told(failed(machine, error, "accuracy is 0.90, below 0.95", usecase="loan"))

    assert (message["kind"], message["usecase"]) == (kind, "loan")
    assert message["message"].count("accuracy is 0.90, below 0.95") == 1


def test_a_bad_end_is_told_with_its_facts() -> None:
    message = told(failed("training", "GateNotMet", "accuracy is 0.90", **DROP))

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
    message = told(failed("training", status=status, usecase="loan"))

    assert word in message["message"]
    assert "redrive" in message["message"]


def test_an_execution_without_a_use_case_is_told_by_its_name() -> None:
    assert told(failed("training", "RunFailed", "x"))["usecase"] == "loan"


def test_what_the_event_had_no_room_for_is_read_from_the_execution() -> None:
    office = Office(FakeEndedExecutions(input=DROP, output=REGISTERED))

    office.report(replace(succeeded("training", {}, {}), is_cut=True))

    assert office.executions.asked == [ARN]
    assert office.message()["version"] == 3


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        (succeeded("monitoring", {}, {}), "names 'monitoring'"),
        (succeeded("training", DROP, {"status": "painted"}), "'painted'"),
        (succeeded("training", DROP, {"status": "registered"}), r"output\.version is missing"),
    ],
)
def test_an_end_that_no_machine_of_ours_has_is_refused_for_the_dead_letter_queue(
    ended: ExecutionEnded, words: str
) -> None:
    with pytest.raises(BadEvent, match=words):
        Office().report(ended)


def test_a_second_delivery_tells_nothing_again_and_the_end_of_a_redriven_execution_is_news() -> None:
    office, ended = Office(), failed("training", "RunFailed", "x", usecase="loan")

    for _ in range(2):
        office.report(ended)
    office.report(replace(ended, stopped="later"))

    assert len(office.notifications.told) == 2


def test_a_reaction_that_failed_is_tried_again_and_those_before_it_are_not_repeated() -> None:
    office, ended = Office(), succeeded("training", DROP, REGISTERED)
    tried: list[Outcome] = []

    def track(outcome: Outcome) -> Ignored:
        tried.append(outcome)
        if len(tried) == 1:
            raise TimeoutError
        return Ignored("tracked")

    office.reactions["track"] = track
    with pytest.raises(TimeoutError):
        office.report(ended)
    answer = office.report(ended)

    assert len(office.notifications.told) == 1
    assert len(tried) == 2
    assert list(answer.reactions) == ["notify_people", "track"]

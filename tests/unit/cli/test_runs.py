"""Runs as people see them."""

import json

import pytest

from cli.commands import runs as command
from cli.main import main
from cli.runs import list_runs, read_run
from tests.unit.cli.conftest import TRAINING, FakePlace, FakeS3, FakeStepFunctions

ARN = TRAINING.replace("stateMachine", "execution")
LOAN = "loan-0123456789abcdef"


def test_a_registered_run_has_its_version_and_metrics(
    place: FakePlace, stepfunctions: FakeStepFunctions
) -> None:
    package = "arn:aws:sagemaker:us-east-1:000000000000:model-package/dropforge-loan/3"
    output = {"model_package_arn": package, "metrics": {"accuracy": 0.98, "auc": 0.99}}
    stepfunctions.add(LOAN, "SUCCEEDED", input={"usecase": "loan"}, output=output)

    run = read_run(place, f"{ARN}:{LOAN}")

    assert (run.status, run.version, run.reason) == ("registered", 3, None)
    assert run.metrics == {"accuracy": 0.98, "auc": 0.99}
    assert run.document["model_package"] == package


def test_a_run_shows_what_was_set_for_it_alone(place: FakePlace, stepfunctions: FakeStepFunctions) -> None:
    settings = {"model.max_depth": "4"}
    stepfunctions.add(LOAN, "RUNNING", input={"usecase": "loan", "settings": settings})
    assert read_run(place, f"{ARN}:{LOAN}").settings == settings


@pytest.mark.parametrize(
    ("status", "error", "word"),
    [
        ("FAILED", "DropRefused", "refused"),
        ("FAILED", "GateNotMet", "refused"),
        ("FAILED", "RunFailed", "failed"),
        ("TIMED_OUT", None, "failed"),
        ("ABORTED", None, "failed"),
        ("RUNNING", None, "running"),
    ],
)
def test_a_run_that_registered_nothing_says_which_way_it_ended(
    place: FakePlace, stepfunctions: FakeStepFunctions, status: str, error: str | None, word: str
) -> None:
    stepfunctions.add(LOAN, status, error=error)
    run = read_run(place, f"{ARN}:{LOAN}")
    assert run.status == word
    assert bool(run.reason) == (word != "running")


def test_a_job_that_failed_is_quoted_rather_than_described(
    place: FakePlace, stepfunctions: FakeStepFunctions
) -> None:
    cause = json.dumps({"TrainingJobName": f"{LOAN}-train", "FailureReason": "out of memory"})
    stepfunctions.add(LOAN, "FAILED", error="RunFailed", cause=cause)
    assert read_run(place, f"{ARN}:{LOAN}").reason == "out of memory"


def test_a_run_refused_by_its_gate_shows_what_the_gate_saw(
    place: FakePlace, stepfunctions: FakeStepFunctions, s3: FakeS3
) -> None:
    s3.objects[f"runs/loan/{LOAN}/evaluation/verdict.json"] = b'{"metrics": {"auc": 0.8}}'
    stepfunctions.add(
        LOAN, "FAILED", error="GateNotMet", cause="auc 0.8 is below 0.9", input={"usecase": "loan"}
    )
    run = read_run(place, f"{ARN}:{LOAN}")
    assert (run.metrics, run.reason) == ({"auc": 0.8}, "auc 0.8 is below 0.9")


def test_runs_come_newest_first_and_by_use_case(place: FakePlace, stepfunctions: FakeStepFunctions) -> None:
    stepfunctions.add("loan-1111111111111111", "RUNNING", minute=1)
    stepfunctions.add("loan-2222222222222222", "RUNNING", minute=2)
    stepfunctions.add("loan-strict-3333333333333333", "RUNNING", minute=3)

    assert [run.run[-1] for run in list_runs(place, None, 10)] == ["3", "2", "1"]
    assert [run.run[-1] for run in list_runs(place, "loan", 10)] == ["2", "1"]
    assert len(list_runs(place, None, 2)) == 2


def test_without_runs_the_command_says_how_one_starts(
    place: FakePlace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "place_for", lambda _arguments: place)
    assert main(["runs"]) == 0
    assert capsys.readouterr() == (
        "",
        "there are no runs yet; `./dropforge drop USECASE FILE` starts one\n",
    )

"""Runs, as their executions and the bucket tell them."""

import json

import pytest

from dropforge.operations.runs import Run, find_run, list_runs
from dropforge.operations.stack import Stack
from tests.unit.operations.fakes import FakeS3, FakeStepFunctions

LOAN = "loan-0123456789abcdef"


def found(stack: Stack) -> Run:
    run = find_run(stack, LOAN)
    assert run is not None
    return run


def test_a_registered_run_has_its_version_and_metrics(stack: Stack, stepfunctions: FakeStepFunctions) -> None:
    package = "arn:aws:sagemaker:us-east-1:000000000000:model-package/dropforge-loan/3"
    output = {"model_package_arn": package, "metrics": {"accuracy": 0.98, "auc": 0.99}}
    stepfunctions.add(LOAN, "SUCCEEDED", input={"usecase": "loan"}, output=output)

    run = found(stack)

    assert (run.status, run.version, run.reason) == ("registered", 3, None)
    assert run.metrics == {"accuracy": 0.98, "auc": 0.99}
    assert run.model_package == package


def test_a_run_shows_what_was_set_for_it_alone(stack: Stack, stepfunctions: FakeStepFunctions) -> None:
    settings = {"model.max_depth": "4"}
    stepfunctions.add(LOAN, "RUNNING", input={"usecase": "loan", "settings": settings})
    assert found(stack).settings == settings


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
    stack: Stack, stepfunctions: FakeStepFunctions, status: str, error: str | None, word: str
) -> None:
    stepfunctions.add(LOAN, status, error=error)
    run = found(stack)
    assert run.status == word
    assert bool(run.reason) == (word != "running")


def test_a_job_that_failed_is_quoted_rather_than_described(
    stack: Stack, stepfunctions: FakeStepFunctions
) -> None:
    cause = json.dumps({"TrainingJobName": f"{LOAN}-train", "FailureReason": "out of memory"})
    stepfunctions.add(LOAN, "FAILED", error="RunFailed", cause=cause)
    assert found(stack).reason == "out of memory"


def test_a_run_refused_by_its_gate_shows_what_the_gate_saw(
    stack: Stack, stepfunctions: FakeStepFunctions, s3: FakeS3
) -> None:
    s3.objects[f"runs/loan/{LOAN}/evaluation/verdict.json"] = b'{"metrics": {"auc": 0.8}}'
    stepfunctions.add(
        LOAN, "FAILED", error="GateNotMet", cause="auc 0.8 is below 0.9", input={"usecase": "loan"}
    )
    run = found(stack)
    assert (run.metrics, run.reason) == ({"auc": 0.8}, "auc 0.8 is below 0.9")


def test_runs_come_newest_first_and_by_use_case(stack: Stack, stepfunctions: FakeStepFunctions) -> None:
    stepfunctions.add("loan-1111111111111111", "RUNNING", minute=1)
    stepfunctions.add("loan-2222222222222222", "RUNNING", minute=2)
    stepfunctions.add("loan-strict-3333333333333333", "RUNNING", minute=3)

    assert [run.run[-1] for run in list_runs(stack, None, 10)] == ["3", "2", "1"]
    assert [run.run[-1] for run in list_runs(stack, "loan", 10)] == ["2", "1"]
    assert len(list_runs(stack, None, 2)) == 2


def test_a_run_that_is_not_there_is_answered_with_none(stack: Stack) -> None:
    assert find_run(stack, LOAN) is None

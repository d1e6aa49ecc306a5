"""Executions as they stand, and the steps of waiting for them."""

import json
from typing import Any

import pytest

from dropforge.operations.errors import NotStarted, StillRunning
from dropforge.operations.executions import (
    TO_START,
    Step,
    Waiting,
    current_step,
    find_execution,
    last_log_line,
    until_ended,
    until_started,
)
from dropforge.operations.stack import Stack
from tests.unit.operations.fakes import TRAINING, FakeStepFunctions, client_error, result_of, stack_with

ARN = TRAINING.replace("stateMachine", "execution") + ":loan-1"


class History:
    def __init__(self, *events: dict[str, Any]) -> None:
        self.events = list(events)

    def get_execution_history(self, **_given: Any) -> dict[str, Any]:
        return {"events": self.events}


def test_the_step_is_the_state_entered_last_with_the_job_it_runs() -> None:
    parameters = json.dumps({"TrainingJobName": "loan-1-train"})
    history = History(
        {"taskScheduledEventDetails": {"parameters": parameters}},
        {"stateEnteredEventDetails": {"name": "Train"}},
        {"stateEnteredEventDetails": {"name": "Process"}},
    )
    step = current_step(stack_with({"stepfunctions": history}), ARN)
    assert step == Step("Train", "loan-1-train", "/aws/sagemaker/TrainingJobs")


def test_a_job_that_has_not_written_yet_has_no_last_line() -> None:
    class Logs:
        def describe_log_streams(self, **_given: Any) -> None:
            raise client_error("ResourceNotFoundException", "no such group")

    stack = stack_with({"logs": Logs()})
    assert last_log_line(stack, Step("Process", "loan-1-process", "/aws/sagemaker/ProcessingJobs")) == ""
    assert last_log_line(stack, TO_START) == ""


def test_what_has_no_execution_yet_is_waited_for_and_then_known(stack: Stack) -> None:
    looks = iter([None, None, ARN])
    steps = until_started(stack, lambda: next(looks), "started run loan-1", "StartTraining")
    assert [next(steps), next(steps)] == [TO_START, TO_START]
    with pytest.raises(StopIteration) as finished:
        next(steps)
    assert finished.value.value == ARN


def test_what_does_not_start_in_time_is_told_with_who_should_have_started_it(stack: Stack) -> None:
    stack.start_seconds = 0
    with pytest.raises(NotStarted, match="nothing started run loan-1 within 0 s") as raised:
        result_of(Waiting("", until_started(stack, lambda: None, "started run loan-1", "StartTraining")))
    assert raised.value.function == "StartTraining"


def test_waiting_ends_with_the_execution(stack: Stack, stepfunctions: FakeStepFunctions) -> None:
    stepfunctions.add("loan-1", "SUCCEEDED", output={"a": 1})
    found = result_of(Waiting("run", until_ended(stack, ARN, "run", 1)))
    assert (found.succeeded, found.output) == (True, {"a": 1})


def test_waiting_longer_than_asked_is_refused(stack: Stack, stepfunctions: FakeStepFunctions) -> None:
    stepfunctions.add("loan-1", "RUNNING")
    stepfunctions.get_execution_history = History().get_execution_history  # type: ignore[attr-defined]
    with pytest.raises(StillRunning, match="run loan-1 still runs after 0 s"):
        result_of(Waiting("run", until_ended(stack, ARN, "run loan-1", 0)))


@pytest.mark.parametrize(
    ("status", "given", "reason"),
    [
        ("FAILED", {"cause": '{"FailureReason": "out of memory"}'}, "out of memory"),
        ("FAILED", {"cause": '{"errorMessage": "no such key"}'}, "no such key"),
        ("FAILED", {"cause": "auc 0.8 is below 0.9", "error": "GateNotMet"}, "auc 0.8 is below 0.9"),
        ("FAILED", {"error": "RunFailed"}, "RunFailed"),
        ("TIMED_OUT", {}, "it ran longer than its time limit"),
        ("ABORTED", {}, "it was stopped"),
        ("FAILED", {}, "no reason was given"),
    ],
)
def test_why_an_execution_failed_is_said_in_the_nearest_words_there_are(
    stack: Stack, stepfunctions: FakeStepFunctions, status: str, given: dict[str, str], reason: str
) -> None:
    stepfunctions.add("loan-1", status, **given)
    found = find_execution(stack, ARN)
    assert found is not None
    assert found.reason == reason

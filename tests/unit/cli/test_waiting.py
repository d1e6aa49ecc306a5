"""What a waiting person sees."""

import io
from collections.abc import Generator
from typing import Any

import pytest

from cli.waiting import Progress, wait
from dropforge.operations.errors import StillRunning
from dropforge.operations.executions import TO_START, Step, Waiting
from tests.unit.operations.fakes import stack_with


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_in_a_log_there_is_a_line_for_each_change() -> None:
    stream = io.StringIO()
    progress = Progress("run loan-1", stream)
    for step, detail in (("Process", "a"), ("Process", "b"), ("Train", "c")):
        progress.show(step, detail)
    assert [line.partition(" (")[0] for line in stream.getvalue().splitlines()] == [
        "run loan-1: Process",
        "run loan-1: Train",
    ]


def test_on_a_terminal_it_is_one_line_that_changes_and_goes_away() -> None:
    stream = Terminal()
    progress = Progress("run loan-1", stream)
    progress.show("Train", "[12] validation-auc:0.99")
    progress.done()
    assert "\n" not in stream.getvalue()
    assert "validation-auc:0.99" in stream.getvalue()
    assert stream.getvalue().endswith("\r\033[K")


class Logs:
    """A job that has written."""

    def describe_log_streams(self, **_given: Any) -> dict[str, Any]:
        return {"logStreams": [{"logStreamName": "loan-1-train/algo-1"}]}

    def get_log_events(self, **_given: Any) -> dict[str, Any]:
        return {"events": [{"message": "[12] validation-auc:0.99\n"}]}


def steps() -> Generator[Step, None, str]:
    yield TO_START
    yield Step("Train", "loan-1-train", "/aws/sagemaker/TrainingJobs")
    return "the result"


def test_waiting_shows_each_step_and_gives_the_result() -> None:
    stream = io.StringIO()
    assert wait(stack_with(), Waiting("run loan-1", steps()), stream) == "the result"
    assert [line.partition(" (")[0] for line in stream.getvalue().splitlines()] == [
        "run loan-1: waiting for it to start",
        "run loan-1: Train, job loan-1-train",
    ]


def test_on_a_terminal_the_job_s_last_line_stands_beside_the_step() -> None:
    stream = Terminal()
    wait(stack_with({"logs": Logs()}), Waiting("run loan-1", steps()), stream)
    assert "Train, job loan-1-train (0 s)  [12] validation-auc:0.99" in stream.getvalue()


def test_waiting_in_vain_leaves_a_clean_line_as_well() -> None:
    def endless() -> Generator[Step, None, str]:
        yield TO_START
        raise StillRunning("run loan-1", 1)

    stream = Terminal()
    with pytest.raises(StillRunning):
        wait(stack_with(), Waiting("run loan-1", endless()), stream)
    assert stream.getvalue().endswith("\r\033[K")

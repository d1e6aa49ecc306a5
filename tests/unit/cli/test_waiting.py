"""Waiting, and what the person who waits sees."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.errors import Refused, UserError
from cli.starting import Start, command, free_port, spawn, wait_until_ready
from cli.waiting import Progress, current_step, last_log_line, wait_for_execution
from tests.unit.cli.conftest import TRAINING, FakePlace, FakeStepFunctions, client_error

ARN = TRAINING.replace("stateMachine", "execution") + ":loan-1"


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


class History:
    def __init__(self, *events: dict[str, Any]) -> None:
        self.events = list(events)

    def get_execution_history(self, **_given: Any) -> dict[str, Any]:
        return {"events": self.events}


def test_the_step_is_the_state_entered_last_with_the_job_it_runs() -> None:
    parameters = json.dumps({"TrainingJobName": "loan-1-train"})
    place = FakePlace("dropforge")
    place._clients["stepfunctions"] = History(
        {"taskScheduledEventDetails": {"parameters": parameters}},
        {"stateEnteredEventDetails": {"name": "Train"}},
        {"stateEnteredEventDetails": {"name": "Process"}},
    )
    step = current_step(place, ARN)
    assert (step.state, step.job, step.log_group) == ("Train", "loan-1-train", "/aws/sagemaker/TrainingJobs")


def test_a_job_that_has_not_written_yet_has_no_last_line() -> None:
    class Logs:
        def describe_log_streams(self, **_given: Any) -> None:
            raise client_error("ResourceNotFoundException", "no such group")

    place = FakePlace("dropforge", _clients={"logs": Logs()})
    place._clients["stepfunctions"] = History(
        {"taskScheduledEventDetails": {"parameters": '{"ProcessingJobName": "loan-1-process"}'}},
        {"stateEnteredEventDetails": {"name": "Process"}},
    )
    assert last_log_line(place, current_step(place, ARN)) == ""


def test_waiting_ends_with_the_execution(place: FakePlace, stepfunctions: FakeStepFunctions) -> None:
    stepfunctions.add("loan-1", "SUCCEEDED")
    assert wait_for_execution(place, ARN, Progress("run", io.StringIO()), 1)["status"] == "SUCCEEDED"


def test_waiting_longer_than_asked_is_refused_and_says_that_the_run_goes_on(
    place: FakePlace, stepfunctions: FakeStepFunctions
) -> None:
    stepfunctions.add("loan-1", "RUNNING")
    stepfunctions.get_execution_history = History().get_execution_history  # type: ignore[attr-defined]
    with pytest.raises(Refused, match="it goes on without this command"):
        wait_for_execution(place, ARN, Progress("run", io.StringIO()), 0)


def test_a_cloud_that_ends_before_it_is_ready_shows_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("deploying\nerror: the template has no Resources\n")
    said: list[str] = []
    with (
        subprocess.Popen([sys.executable, "-c", "raise SystemExit(2)"]) as process,
        pytest.raises(UserError, match="the template has no Resources"),
    ):
        wait_until_ready(process, Start("dropforge", 1, tmp_path), said.append, log)
    assert said[0] == "deploying"


def test_a_port_that_is_taken_is_passed_over_unless_it_was_asked_for() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"port {port} is taken"):
            free_port(port)
        assert free_port(0) != port
    assert free_port(None) >= 4566


def test_code_is_watched_only_where_that_was_asked_for(tmp_path: Path) -> None:
    assert "--watch" in command(Start("dropforge", 1, tmp_path, watch=True))
    assert "--watch" not in command(Start("dropforge", 1, tmp_path))


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_number_that_is_no_port_is_the_callers_to_fix(port: int) -> None:
    with pytest.raises(UserError, match=f"{port} is no port; give --port a number up to 65535"):
        free_port(port)


def test_a_state_folder_that_cannot_be_made_is_the_callers_to_fix(tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(b"no folder")
    with pytest.raises(UserError, match=r"cannot keep the state in .*state/of/mine: "):
        spawn(Start("dropforge", 0, tmp_path / "state" / "of" / "mine"), tmp_path / "log")

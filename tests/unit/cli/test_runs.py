"""What the runs command prints."""

import json

import pytest

from cli.commands import runs as command
from cli.main import main
from dropforge.operations.stack import Stack
from tests.unit.operations.fakes import FakeStepFunctions


@pytest.fixture(autouse=True)
def commands(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command works on the stack."""
    monkeypatch.setattr(command, "stack_for", lambda _arguments: stack)


def test_without_runs_the_command_says_how_one_starts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs"]) == 0
    assert capsys.readouterr() == (
        "",
        "there are no runs yet; `./dropforge drop USECASE FILE` starts one\n",
    )


def test_times_are_printed_in_utc_to_the_second(
    stepfunctions: FakeStepFunctions, capsys: pytest.CaptureFixture[str]
) -> None:
    stepfunctions.add("loan-0123456789abcdef", "RUNNING", minute=7, input={"usecase": "loan"})
    assert main(["runs"]) == 0
    assert capsys.readouterr().out == (
        "run                    status   started               version  metrics  set  reason\n"
        "loan-0123456789abcdef  running  2026-11-21T01:07:00Z  -        -        -    -\n"
    )
    assert main(["runs", "--json"]) == 0
    (run,) = json.loads(capsys.readouterr().out)
    assert (run["started"], run["ended"]) == ("2026-11-21T01:07:00Z", None)

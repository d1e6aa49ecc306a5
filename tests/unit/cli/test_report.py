"""What the report command prints and saves."""

import json
from pathlib import Path

import pytest

from cli.commands import report as command
from cli.main import main
from dropforge.operations.stack import Stack
from tests.unit.operations.fakes import FakeS3, FakeStepFunctions, OneVersion, stack_with

RUN = "loan-0123456789abcdef"
FOLDER = f"runs/loan/{RUN}"
SENTENCE = "auc is 0.9512, below the gate of 0.9700"
PAGE = f"{FOLDER}/evaluation/evaluation.html"


@pytest.fixture(autouse=True)
def evaluated(s3: FakeS3) -> None:
    """What a run leaves that its gate refused."""
    verdict = {"passed": False, "sentence": SENTENCE}
    s3.objects[f"{FOLDER}/evaluation/verdict.json"] = json.dumps(verdict).encode()
    s3.objects[PAGE] = b"<!doctype html>"
    s3.objects[f"{FOLDER}/process/report/quality.html"] = b"<!doctype html><title>data</title>"


@pytest.fixture
def stack(s3: FakeS3, stepfunctions: FakeStepFunctions) -> Stack:
    return stack_with(
        {"s3": s3, "stepfunctions": stepfunctions, "sagemaker": OneVersion("dropforge-loan/3", RUN)}
    )


@pytest.fixture(autouse=True)
def commands(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command works on the stack."""
    monkeypatch.setattr(command, "stack_for", lambda _arguments: stack)


def test_the_command_prints_the_sentence_and_saves_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "loan", "3", "--save", str(tmp_path / "page.html")]) == 0
    assert (tmp_path / "page.html").read_bytes() == b"<!doctype html>"
    printed = capsys.readouterr().out.splitlines()
    assert printed == [f"loan version 3 did not pass its gate: {SENTENCE}", f"s3://data/{PAGE}"]


def test_the_data_s_page_is_fetched_where_that_is_asked(tmp_path: Path) -> None:
    assert main(["--json", "report", "loan", "--data", "--save", str(tmp_path / "data.html")]) == 0
    assert b"data" in (tmp_path / "data.html").read_bytes()


def test_the_document_has_verdict_and_pages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "loan", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "usecase": "loan",
        "run": RUN,
        "version": 3,
        "passed": False,
        "verdict": SENTENCE,
        "page": f"s3://data/{PAGE}",
        "data_quality": f"s3://data/{FOLDER}/process/report/quality.html",
    }


def test_of_a_run_that_no_gate_saw_no_page_is_named(
    s3: FakeS3, stepfunctions: FakeStepFunctions, capsys: pytest.CaptureFixture[str]
) -> None:
    s3.objects.clear()
    stepfunctions.add(RUN, "FAILED")
    assert main(["report", "loan", RUN]) == 0
    assert capsys.readouterr().out == f"run {RUN} did not reach its gate\n"


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (
            "loan-00000000000000ff",
            "there is no run loan-00000000000000ff; `./dropforge runs loan` lists them",
        ),
        (
            "bike-0123456789abcdef",
            "bike-0123456789abcdef is not a run of loan; `./dropforge runs loan` lists them",
        ),
    ],
)
def test_what_is_not_a_run_of_the_use_case_is_refused_with_the_command_that_lists_them(
    run: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "loan", run]) == 2
    assert capsys.readouterr().err == f"dropforge: {said}\n"

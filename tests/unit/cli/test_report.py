"""What a version's or a run's evaluation left is found, told and fetched."""

import json
from pathlib import Path

import pytest

from cli.commands import report as command
from cli.errors import UserError
from cli.evaluation import find_report, read_page
from cli.main import main
from cli.registry import Model
from tests.unit.cli.conftest import FakePlace, FakeS3, FakeStepFunctions

RUN = "loan-0123456789abcdef"
FOLDER = f"runs/loan/{RUN}"
SENTENCE = "auc is 0.9512, below the gate of 0.9700"
PAGE = f"{FOLDER}/evaluation/evaluation.html"


@pytest.fixture(autouse=True)
def judged(s3: FakeS3, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = {"passed": False, "sentence": SENTENCE}
    s3.objects[f"{FOLDER}/evaluation/verdict.json"] = json.dumps(verdict).encode()
    s3.objects[PAGE] = b"<!doctype html>"
    s3.objects[f"{FOLDER}/process/report/quality.html"] = b"<!doctype html><title>data</title>"
    model = Model("loan", 3, "candidate", "", {}, None, RUN, "arn")
    monkeypatch.setattr("cli.evaluation.find_version", lambda *_: model)


@pytest.mark.parametrize(("named", "version"), [("3", 3), ("latest", 3), (RUN, None)])
def test_a_version_or_a_run_is_told_with_its_verdict_and_pages(
    place: FakePlace, named: str, version: int | None
) -> None:
    found = find_report(place, "loan", named)
    assert (found.run, found.version, found.passed, found.verdict) == (RUN, version, False, SENTENCE)
    assert found.page == f"s3://data/{PAGE}"


def test_a_run_that_was_never_judged_is_told_so(
    place: FakePlace, s3: FakeS3, stepfunctions: FakeStepFunctions
) -> None:
    s3.objects.clear()
    stepfunctions.add(RUN, "FAILED")
    found = find_report(place, "loan", RUN)
    assert (found.passed, found.verdict) == (None, None)
    with pytest.raises(UserError, match=r"there is no page s3://data/runs/loan/.*evaluation\.html"):
        read_page(place, found.page)


def test_of_a_run_that_was_never_judged_no_page_is_named(
    place: FakePlace,
    s3: FakeS3,
    stepfunctions: FakeStepFunctions,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    s3.objects.clear()
    stepfunctions.add(RUN, "FAILED")
    monkeypatch.setattr(command, "place_for", lambda _arguments: place)
    assert main(["report", "loan", RUN]) == 0
    assert capsys.readouterr().out == f"run {RUN} was not judged\n"


@pytest.mark.parametrize(
    ("named", "said"),
    [
        (
            "loan-00000000000000ff",
            "there is no run loan-00000000000000ff; `./dropforge runs loan` lists them",
        ),
        (
            "bike-0123456789abcdef",
            "bike-0123456789abcdef is no run of loan; `./dropforge runs loan` lists them",
        ),
    ],
)
def test_a_run_that_is_not_there_or_of_another_use_case_is_no_run_without_a_verdict(
    place: FakePlace, named: str, said: str
) -> None:
    with pytest.raises(UserError) as raised:
        find_report(place, "loan", named)
    assert str(raised.value) == said


def test_the_command_prints_the_sentence_and_saves_the_page(
    place: FakePlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "place_for", lambda _arguments: place)
    assert main(["report", "loan", "3", "--save", str(tmp_path / "page.html")]) == 0
    assert (tmp_path / "page.html").read_bytes() == b"<!doctype html>"
    printed = capsys.readouterr().out.splitlines()
    assert printed == [f"loan version 3 did not pass its gate: {SENTENCE}", f"s3://data/{PAGE}"]


def test_the_data_s_page_is_fetched_where_that_is_asked(
    place: FakePlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "place_for", lambda _arguments: place)
    assert main(["--json", "report", "loan", "--data", "--save", str(tmp_path / "data.html")]) == 0
    assert b"data" in (tmp_path / "data.html").read_bytes()

"""What a version's or a run's evaluation left is found and fetched."""

import json

import pytest

from dropforge.operations.errors import NoPage, NoRun, NotARunOf, UnknownRun
from dropforge.operations.reports import find_report, read_page
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


@pytest.mark.parametrize(("named", "version"), [("3", 3), ("latest", 3), (RUN, None)])
def test_a_version_or_a_run_is_found_with_its_verdict_and_pages(
    stack: Stack, named: str, version: int | None
) -> None:
    found = find_report(stack, "loan", named)
    assert (found.run, found.version, found.passed, found.verdict) == (RUN, version, False, SENTENCE)
    assert found.page == f"s3://data/{PAGE}"
    assert read_page(stack, found.data_quality) == b"<!doctype html><title>data</title>"


def test_a_run_that_no_gate_saw_has_no_verdict_and_no_page(
    stack: Stack, s3: FakeS3, stepfunctions: FakeStepFunctions
) -> None:
    s3.objects.clear()
    stepfunctions.add(RUN, "FAILED")
    found = find_report(stack, "loan", RUN)
    assert (found.passed, found.verdict) == (None, None)
    with pytest.raises(NoPage, match=r"there is no page s3://data/runs/loan/.*evaluation\.html"):
        read_page(stack, found.page)


def test_a_run_that_is_not_there_is_not_taken_for_one_without_a_verdict(stack: Stack) -> None:
    with pytest.raises(NoRun, match="there is no run loan-00000000000000ff"):
        find_report(stack, "loan", "loan-00000000000000ff")


def test_a_run_of_another_use_case_is_refused(stack: Stack) -> None:
    with pytest.raises(NotARunOf, match="bike-0123456789abcdef is not a run of loan"):
        find_report(stack, "loan", "bike-0123456789abcdef")


def test_a_version_that_names_no_run_has_no_report(s3: FakeS3) -> None:
    stack = stack_with({"s3": s3, "sagemaker": OneVersion("dropforge-loan/3", None)})
    with pytest.raises(UnknownRun, match="version 3 of loan does not say which run trained it"):
        find_report(stack, "loan", "3")

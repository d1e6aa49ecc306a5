"""A file is sent with what is set for its run, and the run that it starts is known and followed."""

from pathlib import Path
from typing import Any

import pytest

from dropforge.domain.overrides import read_settings
from dropforge.operations.drops import Drop, drop, drop_to_predict, inference_started_by, run_started_by
from dropforge.operations.errors import NoContract, NotStarted
from dropforge.operations.stack import Stack
from tests.unit.operations.fakes import FakeS3, FakeStepFunctions, result_of, stack_with

FILE = Path("claims.csv")
DROPPED = Drop("fraud", "fraud-0123456789abcdef", "data", "drops/fraud/claims.csv", "v1")


class Bucket(FakeS3):
    """Takes uploads and remembers the last one's metadata; a contract of fraud is in force."""

    def __init__(self) -> None:
        super().__init__({"contracts/fraud/published.json": b"{}"})
        self.extra: dict[str, Any] = {}

    def upload_file(self, _file: str, _bucket: str, key: str, ExtraArgs: dict[str, Any]) -> None:  # noqa: N803
        self.objects[key] = b"a"
        self.extra = ExtraArgs


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


@pytest.fixture
def stack(bucket: Bucket, stepfunctions: FakeStepFunctions) -> Stack:
    return stack_with({"s3": bucket, "stepfunctions": stepfunctions})


def test_settings_go_along_as_metadata(stack: Stack, bucket: Bucket) -> None:
    settings = {"model.max_depth": "4", "gate.accuracy": "0.9"}

    drop(stack, "fraud", FILE, settings)

    sent = bucket.extra["Metadata"]["set"]
    assert sent == "model.max_depth=4;gate.accuracy=0.9"
    assert read_settings(sent) == settings


def test_a_drop_without_settings_has_no_metadata(stack: Stack, bucket: Bucket) -> None:
    drop(stack, "fraud", FILE)
    assert bucket.extra == {"Metadata": {}}


def test_a_drop_says_where_it_lies_and_which_run_it_starts(stack: Stack) -> None:
    dropped = drop(stack, "fraud", FILE)
    assert (dropped.uri, dropped.version_id) == ("s3://data/drops/fraud/claims.csv", "v1")
    assert dropped.run.startswith("fraud-")
    assert drop_to_predict(stack, "fraud", FILE).uri == "s3://data/inference/fraud/claims.csv"


def test_a_file_without_a_contract_in_force_is_not_sent(stack: Stack, bucket: Bucket) -> None:
    with pytest.raises(NoContract, match="frau has no contract in force"):
        drop(stack, "frau", FILE)
    assert bucket.objects.keys() == {"contracts/fraud/published.json"}


@pytest.mark.parametrize("name", [DROPPED.run, "unknown-0123456789abcdef"])
def test_its_run_is_followed_under_the_use_cases_name_or_as_unknown(
    stack: Stack, stepfunctions: FakeStepFunctions, name: str
) -> None:
    stepfunctions.add(name, "FAILED", error="DropRefused", cause="too few rows")
    waiting = run_started_by(stack, DROPPED, 1)
    assert waiting.what == f"run {DROPPED.run}"
    run = result_of(waiting)
    assert (run.run, run.status, run.reason) == (name, "refused", "too few rows")


@pytest.mark.parametrize(
    ("follow", "function"), [(run_started_by, "StartTraining"), (inference_started_by, "StartInference")]
)
def test_what_never_starts_is_told_with_the_function_that_should_have_started_it(
    stack: Stack, follow: Any, function: str
) -> None:
    stack.start_seconds = 0.01
    with pytest.raises(NotStarted, match=f"{DROPPED.run} within 0 s") as raised:
        result_of(follow(stack, DROPPED, 1))
    assert raised.value.function == function

"""Fakes that the command line's tests share."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.place import Place

TRAINING = "arn:aws:states:us-east-1:000000000000:stateMachine:dropforge-training"
OUTPUTS = {
    "DataBucket": "data",
    "TrainingStateMachineArn": TRAINING,
    "DeploymentStateMachineArn": TRAINING.replace("training", "deployment"),
}


class FakePlace(Place):
    """A place whose stack has the usual outputs and whose clients are fakes."""

    outputs = OUTPUTS  # type: ignore[assignment]


class Pages:
    """A paginator over one page."""

    def __init__(self, answer: Callable[..., dict[str, Any]]) -> None:
        self.answer = answer

    def paginate(self, **given: Any) -> Iterator[dict[str, Any]]:
        yield self.answer(**given)


class FakeStepFunctions:
    """Executions by name, as DescribeExecution and ListExecutions tell them."""

    def __init__(self) -> None:
        self.executions: dict[str, dict[str, Any]] = {}

    def add(self, name: str, status: str, minute: int = 0, **more: Any) -> None:
        arn = f"{TRAINING.replace('stateMachine', 'execution')}:{name}"
        given = {"input": json.dumps(more.pop("input", {})), "output": json.dumps(more.pop("output", {}))}
        self.executions[arn] = {
            "executionArn": arn,
            "name": name,
            "status": status,
            "startDate": datetime(2026, 11, 21, 1, minute, tzinfo=UTC),
            **given,
            **more,
        }

    def get_paginator(self, _operation: str) -> Pages:
        return Pages(lambda **_given: {"executions": list(self.executions.values())})

    def describe_execution(self, executionArn: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        if executionArn not in self.executions:
            raise client_error("ExecutionDoesNotExist", "no such execution")
        return self.executions[executionArn]


class FakeS3:
    """Objects by key."""

    class exceptions:  # noqa: N801 - boto3's name
        class NoSuchKey(Exception):
            pass

    def __init__(self, objects: dict[str, bytes]) -> None:
        self.objects = objects

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 - AWS's names
        if Key not in self.objects:
            raise self.exceptions.NoSuchKey(Key)
        return {"Body": io.BytesIO(self.objects[Key])}


def client_error(code: str, message: str, **more: Any) -> ClientError:
    """An AWS refusal."""
    return ClientError({"Error": {"Code": code, "Message": message}, **more}, "Operation")


@pytest.fixture
def stepfunctions() -> FakeStepFunctions:
    return FakeStepFunctions()


@pytest.fixture
def s3() -> FakeS3:
    return FakeS3({})


@pytest.fixture
def place(stepfunctions: FakeStepFunctions, s3: FakeS3) -> FakePlace:
    return FakePlace("dropforge", _clients={"stepfunctions": stepfunctions, "s3": s3})

"""The stack that most tests here work on."""

import pytest

from dropforge.operations.stack import Stack
from tests.unit.operations.fakes import FakeS3, FakeStepFunctions, stack_with
from tests.unit.operations.versions import registry

__all__ = ["registry"]


@pytest.fixture
def stepfunctions() -> FakeStepFunctions:
    return FakeStepFunctions()


@pytest.fixture
def s3() -> FakeS3:
    return FakeS3({})


@pytest.fixture
def stack(stepfunctions: FakeStepFunctions, s3: FakeS3) -> Stack:
    return stack_with({"stepfunctions": stepfunctions, "s3": s3})

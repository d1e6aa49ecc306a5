"""What a stack says of itself."""

from typing import Any

import pytest

from dropforge.operations.errors import NoFunction, NoOutput, NoStack
from dropforge.operations.stack import Stack
from tests.unit.operations.fakes import FakeCloudFormation, Pages


class WithFunctions(FakeCloudFormation):
    def get_paginator(self, _operation: str) -> Pages:
        function = {"LogicalResourceId": "StartTraining", "PhysicalResourceId": "dropforge-start-training"}
        bucket = {"LogicalResourceId": "DataBucket", "PhysicalResourceId": "data"}
        resources = [
            {**function, "ResourceType": "AWS::Lambda::Function"},
            {**bucket, "ResourceType": "AWS::S3::Bucket"},
        ]
        return Pages(lambda **_given: {"StackResourceSummaries": resources})


def stack(name: str = "dropforge") -> Stack:
    clients: dict[str, Any] = {"cloudformation": WithFunctions()}
    return Stack(name, clients.__getitem__)


def test_what_is_not_there_is_said_to_be_so() -> None:
    with pytest.raises(NoStack, match="there is no stack mine here"):
        stack("mine").output("DataBucket")
    with pytest.raises(NoOutput, match="stack dropforge has no output Frob"):
        stack().output("Frob")


def test_its_bucket_and_names_are_its_own() -> None:
    assert stack().uri("drops/a.csv") == "s3://data/drops/a.csv"
    assert stack().named("loan") == "dropforge-loan"


@pytest.mark.parametrize(
    "named", ["StartTraining", "start_training", "start-training", "dropforge-start-training"]
)
def test_a_function_is_found_by_each_of_its_names(named: str) -> None:
    assert stack().function(named) == "dropforge-start-training"


def test_a_function_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(NoFunction, match="there is no function Frob; there are StartTraining"):
        stack().function("Frob")

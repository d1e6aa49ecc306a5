"""A contract is put and comes into force."""

from typing import Any

import pytest

from dropforge.domain.contract import contract_to_json
from dropforge.edge.contract_yaml import load_contract
from dropforge.operations.contracts import contract_in_force, publish, put_script, until_in_force
from dropforge.operations.errors import NotInForce
from dropforge.operations.stack import Stack
from tests.unit.operations.fakes import FakeS3, client_error, result_of, stack_with

TEXT = b"""\
usecase: case
problem: binary
target: y
columns: {a: number, y: {type: category, values: [0, 1]}}
"""
CONTRACT = load_contract(TEXT)
IN_FORCE = "contracts/case/published.json"


class Bucket(FakeS3):
    """Takes what is put."""

    def put_object(self, Key: str, Body: bytes, **_given: Any) -> None:  # noqa: N803 - AWS's names
        self.objects[Key] = Body


class Groups:
    """Model package groups by name."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def describe_model_package_group(self, ModelPackageGroupName: str) -> dict[str, Any]:  # noqa: N803
        if ModelPackageGroupName not in self.names:
            raise client_error(
                "ValidationException", f"ModelPackageGroup {ModelPackageGroupName} does not exist."
            )
        return {}


@pytest.fixture
def bucket() -> Bucket:
    return Bucket({})


@pytest.fixture
def stack(bucket: Bucket) -> Stack:
    return stack_with({"s3": bucket, "sagemaker": Groups("dropforge-case")})


def test_a_contract_is_put_as_it_was_written_with_its_script_beside_it(stack: Stack, bucket: Bucket) -> None:
    assert publish(stack, CONTRACT, TEXT).uri == "s3://data/contracts/case/contract.yaml"
    put_script(stack, "case", "train.py", b"print()")
    assert bucket.objects == {"contracts/case/contract.yaml": TEXT, "contracts/case/train.py": b"print()"}


def test_it_is_in_force_when_its_normal_form_and_its_group_are_there(stack: Stack, bucket: Bucket) -> None:
    waiting = until_in_force(stack, publish(stack, CONTRACT, TEXT), 60)
    assert next(waiting.steps).name == "waiting for it to come into force"
    bucket.objects[IN_FORCE] = contract_to_json(CONTRACT).encode()
    assert contract_in_force(stack, "case") == CONTRACT
    assert result_of(waiting) == "dropforge-case"


def test_one_that_was_refused_leaves_another_in_force_and_is_told(stack: Stack, bucket: Bucket) -> None:
    another = load_contract(TEXT.replace(b"a: number", b"b: number"))
    bucket.objects[IN_FORCE] = contract_to_json(another).encode()
    with pytest.raises(NotInForce, match="the contract of case did not come into force within 0 s"):
        result_of(until_in_force(stack, publish(stack, CONTRACT, TEXT), 0))


def test_without_its_group_it_is_not_in_force(bucket: Bucket) -> None:
    stack = stack_with({"s3": bucket, "sagemaker": Groups()})
    bucket.objects[IN_FORCE] = contract_to_json(CONTRACT).encode()
    with pytest.raises(NotInForce):
        result_of(until_in_force(stack, publish(stack, CONTRACT, TEXT), 0))

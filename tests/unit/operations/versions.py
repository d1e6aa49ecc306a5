"""moto's registry with two versions, for the tests of operations and of commands."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from dropforge.operations.stack import Stack
from tests.unit.operations.fakes import client_error, stack_with

GROUP = "dropforge-loan"


class NoEndpoint:
    """The registry, and an endpoint that does not exist as SageMaker says it."""

    def __init__(self, real: Any) -> None:
        self.real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def describe_endpoint(self, EndpointName: str) -> None:  # noqa: N803 - AWS's name
        raise client_error("ValidationException", f'Could not find endpoint "{EndpointName}".')


@pytest.fixture
def registry() -> Iterator[Stack]:
    """Two versions of loan, and no endpoint."""
    with mock_aws():
        sagemaker = boto3.client("sagemaker", region_name="us-east-1")
        sagemaker.create_model_package_group(ModelPackageGroupName=GROUP)
        for run in ("loan-1", "loan-2"):
            sagemaker.create_model_package(
                ModelPackageGroupName=GROUP,
                ModelApprovalStatus="PendingManualApproval",
                CustomerMetadataProperties={"run": run},
            )
        yield stack_with({"sagemaker": NoEndpoint(sagemaker)})

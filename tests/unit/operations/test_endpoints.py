"""What is served, by the stack's endpoints."""

from datetime import UTC, datetime
from typing import Any

from dropforge.operations.endpoints import ServedEndpoint, list_endpoints
from tests.unit.operations.fakes import Pages, stack_with

AT = datetime(2026, 11, 21, tzinfo=UTC)
PACKAGE = "arn:aws:sagemaker:us-east-1:000000000000:model-package/dropforge-loan/3"


class SageMaker:
    """One endpoint that serves, one that failed before it ever did, and another application's."""

    def get_paginator(self, _operation: str) -> Pages:
        names = ("dropforge-loan", "dropforge-bike", "my-dropforge-loan")
        return Pages(lambda **_given: {"Endpoints": [{"EndpointName": name} for name in names]})

    def describe_endpoint(self, EndpointName: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        made = {"CreationTime": AT, "LastModifiedTime": AT}
        if EndpointName == "dropforge-bike":
            return {"EndpointStatus": "Failed", "FailureReason": "no capacity", **made}
        return {"EndpointStatus": "InService", "EndpointConfigName": "c", **made}

    def describe_endpoint_config(self, **_given: Any) -> dict[str, Any]:
        return {"ProductionVariants": [{"ModelName": "m"}]}

    def describe_model(self, **_given: Any) -> dict[str, Any]:
        return {"Containers": [{"ModelPackageName": PACKAGE}]}


def test_the_stack_s_endpoints_are_listed_by_name_with_what_each_serves() -> None:
    assert list_endpoints(stack_with({"sagemaker": SageMaker()})) == [
        ServedEndpoint("dropforge-bike", "bike", "Failed", None, None, None, AT, AT, "no capacity"),
        ServedEndpoint("dropforge-loan", "loan", "InService", "c", 3, PACKAGE, AT, AT, None),
    ]

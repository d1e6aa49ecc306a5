"""The stack's endpoints and what each serves."""

from dataclasses import dataclass
from datetime import datetime

from dropforge.operations.registry import version_of
from dropforge.operations.stack import Stack


@dataclass(frozen=True)
class ServedEndpoint:
    """One endpoint. `version` and `model_package` are None while it has no configuration that serves."""

    endpoint: str
    usecase: str
    status: str
    config: str | None
    version: int | None
    model_package: str | None
    created: datetime | None
    modified: datetime | None
    failure: str | None


def list_endpoints(stack: Stack) -> list[ServedEndpoint]:
    """Each endpoint of the stack, by name."""
    prefix = stack.named("")
    pages = stack.client("sagemaker").get_paginator("list_endpoints").paginate(NameContains=prefix)
    names = [endpoint["EndpointName"] for page in pages for endpoint in page["Endpoints"]]
    return [_describe(stack, name) for name in sorted(names) if name.startswith(prefix)]


def _describe(stack: Stack, name: str) -> ServedEndpoint:
    found = stack.client("sagemaker").describe_endpoint(EndpointName=name)
    config = found.get("EndpointConfigName")
    package = stack.endpoints.package(config) if config else None
    return ServedEndpoint(
        endpoint=name,
        usecase=name.removeprefix(stack.named("")),
        status=found["EndpointStatus"],
        config=config,
        version=version_of(package) if package else None,
        model_package=package,
        created=found.get("CreationTime"),
        modified=found.get("LastModifiedTime"),
        failure=found.get("FailureReason"),
    )

"""The stack's endpoints and what each serves."""

from typing import Any

from cli.place import Place
from cli.registry import served_package
from cli.show import moment


def list_endpoints(place: Place) -> list[dict[str, Any]]:
    """Each endpoint of the stack, by name."""
    sagemaker = place.client("sagemaker")
    prefix = f"{place.stack}-"
    pages = sagemaker.get_paginator("list_endpoints").paginate(NameContains=prefix)
    names = [endpoint["EndpointName"] for page in pages for endpoint in page["Endpoints"]]
    return [describe(place, name) for name in sorted(names) if name.startswith(prefix)]


def describe(place: Place, name: str) -> dict[str, Any]:
    """One endpoint as JSON prints it."""
    found = place.client("sagemaker").describe_endpoint(EndpointName=name)
    package = served_package(place, found.get("EndpointConfigName"))
    return {
        "endpoint": name,
        "usecase": name.removeprefix(f"{place.stack}-"),
        "status": found["EndpointStatus"],
        "config": found.get("EndpointConfigName"),
        "version": int(package.rpartition("/")[2]) if package else None,
        "model_package": package,
        "created": moment(found.get("CreationTime")),
        "modified": moment(found.get("LastModifiedTime")),
        "failure": found.get("FailureReason"),
    }

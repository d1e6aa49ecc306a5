"""SageMaker's registry and endpoints.

SageMaker says "there is none" and "there is one already" as a ValidationException with a sentence, so both
are recognised by code and words together; an emulator or a later API may say ResourceNotFound or
ConflictException.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from dropforge.aws.clients import Clients, client, code_of, message_of
from dropforge.domain.errors import Absent
from dropforge.ports import Endpoint, LiveModel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class ModelRegistry:
    def __init__(self, clients: Clients = client) -> None:
        self._client = clients

    def ensure_group(self, name: str, description: str, tags: Mapping[str, str]) -> None:
        from botocore.exceptions import ClientError

        try:
            self._client("sagemaker").create_model_package_group(
                ModelPackageGroupName=name,
                ModelPackageGroupDescription=description,
                Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
            )
        except ClientError as fault:
            if not _exists_already(fault):
                raise

    def has_group(self, name: str) -> bool:
        with suppress(Absent), _absent_if_invalid(name):
            self._client("sagemaker").describe_model_package_group(ModelPackageGroupName=name)
            return True
        return False

    def packages(self, group: str) -> list[dict[str, Any]]:
        """Every version of a group, as DescribeModelPackage tells it; Absent where there is no such group."""
        sagemaker = self._client("sagemaker")
        pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
        with _absent_if_invalid(group):
            listed = [package for page in pages for package in page["ModelPackageSummaryList"]]
        return [
            sagemaker.describe_model_package(ModelPackageName=package["ModelPackageArn"])
            for package in listed
        ]

    def decide(self, package: str, approval: str, comment: str) -> None:
        """Approve or reject a version; SageMaker takes no empty comment."""
        described = {"ApprovalDescription": comment} if comment else {}
        self._client("sagemaker").update_model_package(
            ModelPackageArn=package, ModelApprovalStatus=approval, **described
        )


class SageMakerEndpoints:
    def __init__(self, clients: Clients = client) -> None:
        self._client = clients

    def find(self, name: str) -> Endpoint | None:
        from botocore.exceptions import ClientError

        try:
            found = self._client("sagemaker").describe_endpoint(EndpointName=name)
        except ClientError as fault:
            if _does_not_exist(fault):
                return None
            raise
        # While an endpoint is made, and after that failed, it has no configuration that serves.
        return Endpoint(found["EndpointName"], found["EndpointStatus"], found.get("EndpointConfigName", ""))

    def config_tags(self, config: str) -> Mapping[str, str]:
        sagemaker = self._client("sagemaker")
        arn = sagemaker.describe_endpoint_config(EndpointConfigName=config)["EndpointConfigArn"]
        pages = sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn)
        return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}

    def package(self, config: str) -> str | None:
        """The model package behind a configuration; None where its model did not come from the registry."""
        sagemaker = self._client("sagemaker")
        variants = sagemaker.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"]
        return _package_of(sagemaker.describe_model(ModelName=variants[0]["ModelName"]))

    def live_model(self, endpoint: Endpoint) -> LiveModel | None:
        """None where the endpoint serves something that did not come from the registry."""
        if not (endpoint.answers and endpoint.config):
            return None
        arn = self.package(endpoint.config)
        if arn is None:
            return None
        package = self._client("sagemaker").describe_model_package(ModelPackageName=arn)
        return LiveModel(
            package["ModelPackageArn"],
            package["ModelPackageVersion"],
            package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"],
            package.get("CustomerMetadataProperties", {}).get("run"),
        )


def _package_of(model: Mapping[str, Any]) -> str | None:
    containers = [model["PrimaryContainer"]] if model.get("PrimaryContainer") else model.get("Containers", [])
    names = [container["ModelPackageName"] for container in containers if container.get("ModelPackageName")]
    return names[0] if names else None


@contextmanager
def _absent_if_invalid(group: str) -> Iterator[None]:
    """A name that cannot be a group's is of no group either, and SageMaker answers both alike."""
    from botocore.exceptions import ClientError

    try:
        yield
    except ClientError as fault:
        if code_of(fault) in ("ValidationException", "ResourceNotFound"):
            raise Absent(f"model package group {group}") from fault
        raise


def _exists_already(fault: Exception) -> bool:
    code, words = code_of(fault), message_of(fault).lower()
    return code in ("ConflictException", "ResourceInUse") or (
        code == "ValidationException" and "exist" in words
    )


def _does_not_exist(fault: Exception) -> bool:
    code, words = code_of(fault), message_of(fault).lower()
    return code == "ResourceNotFound" or (code == "ValidationException" and "could not find" in words)

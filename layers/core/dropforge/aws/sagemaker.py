"""SageMaker's registry and endpoints.

SageMaker says "there is none" and "there is one already" as a ValidationException with a sentence, so both
are told by code and words together; an emulator or a later API may say ResourceNotFound or
ConflictException.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dropforge.aws.clients import client, code_of, message_of
from dropforge.ports import Endpoint, LiveModel

if TYPE_CHECKING:
    from collections.abc import Mapping


class ModelRegistry:
    def ensure_group(self, name: str, description: str, tags: Mapping[str, str]) -> None:
        from botocore.exceptions import ClientError

        try:
            client("sagemaker").create_model_package_group(
                ModelPackageGroupName=name,
                ModelPackageGroupDescription=description,
                Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
            )
        except ClientError as fault:
            if not _exists_already(fault):
                raise


class SageMakerEndpoints:
    def find(self, name: str) -> Endpoint | None:
        from botocore.exceptions import ClientError

        try:
            found = client("sagemaker").describe_endpoint(EndpointName=name)
        except ClientError as fault:
            if _does_not_exist(fault):
                return None
            raise
        # While an endpoint is made, and after that failed, it has no configuration that serves.
        return Endpoint(found["EndpointName"], found["EndpointStatus"], found.get("EndpointConfigName", ""))

    def config_tags(self, config: str) -> Mapping[str, str]:
        sagemaker = client("sagemaker")
        arn = sagemaker.describe_endpoint_config(EndpointConfigName=config)["EndpointConfigArn"]
        pages = sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn)
        return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}

    def live_model(self, endpoint: Endpoint) -> LiveModel | None:
        """None where the endpoint serves something that did not come from the registry."""
        if not (endpoint.answers and endpoint.config):
            return None
        sagemaker = client("sagemaker")
        variants = sagemaker.describe_endpoint_config(EndpointConfigName=endpoint.config)[
            "ProductionVariants"
        ]
        model = sagemaker.describe_model(ModelName=variants[0]["ModelName"])
        arn = _package_of(model)
        if arn is None:
            return None
        package = sagemaker.describe_model_package(ModelPackageName=arn)
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


def _exists_already(fault: Exception) -> bool:
    code, words = code_of(fault), message_of(fault).lower()
    return code in ("ConflictException", "ResourceInUse") or (
        code == "ValidationException" and "exist" in words
    )


def _does_not_exist(fault: Exception) -> bool:
    code, words = code_of(fault), message_of(fault).lower()
    return code == "ResourceNotFound" or (code == "ValidationException" and "could not find" in words)

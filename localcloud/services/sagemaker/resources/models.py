"""Models: which image, with which data, as which role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.api.errors import ApiError
from localcloud.services.sagemaker.resources.named import NamedRecords
from localcloud.services.sagemaker.unsupported import (
    Honoured,
    leaves,
    refuse_other_values,
    refuse_unsupported,
    unsupported,
)

if TYPE_CHECKING:
    from localcloud.services.sagemaker.context import Call, Context, Operation
    from localcloud.services.sagemaker.resources.model_packages import ModelPackages
    from localcloud.services.sagemaker.store import Record

_CONTAINER: Honoured = leaves(
    *("Image", "Mode", "ModelDataUrl", "Environment", "ModelPackageName", "ContainerHostname"), "ImageConfig"
)
_HONOURED: Honoured = {
    **leaves("ModelName", "ExecutionRoleArn", "Tags", "VpcConfig", "EnableNetworkIsolation"),
    "PrimaryContainer": _CONTAINER,
    "Containers": _CONTAINER,
}


class Models(NamedRecords):
    kind = "model"
    noun = "Model"
    words = "model"
    event = "SageMaker Model State Change"

    def __init__(self, context: Context, packages: ModelPackages) -> None:
        super().__init__(context)
        self._packages = packages
        self.operations: dict[str, Operation] = {
            "CreateModel": self.create,
            "DescribeModel": self.describe,
            "ListModels": self.page,
            "DeleteModel": self.delete,
        }

    def made(self, call: Call) -> Record:
        self._check(call)
        return {"EnableNetworkIsolation": False} | call.payload

    def container(self, name: str) -> Record:
        """What is to be run for a model: Image, ModelDataUrl and Environment, a model package looked up."""
        container = container_of(self.found(name))
        if package := container.get("ModelPackageName"):
            packaged = self._packages.container(package)
            environment = packaged.get("Environment", {}) | container.get("Environment", {})
            return packaged | {"Environment": environment}
        return container

    def _check(self, call: Call) -> None:
        payload = call.payload
        refuse_unsupported(call.action, payload, _HONOURED)
        if not payload.get("ExecutionRoleArn"):
            raise ApiError("ValidationException", "ExecutionRoleArn must be set.")
        if len(payload.get("Containers", [])) > 1:
            raise unsupported(call.action, f"{len(payload['Containers'])} Containers, an inference pipeline,")
        if ("PrimaryContainer" in payload) == bool(payload.get("Containers")):
            raise ApiError(
                "ValidationException", "Exactly one of PrimaryContainer and Containers must be set."
            )
        container = container_of(payload)
        refuse_other_values(call.action, "Mode", container.get("Mode"), ("SingleModel",))
        if package := container.get("ModelPackageName"):
            self._packages.container(package)
        elif not container.get("Image"):
            raise ApiError("ValidationException", "The container needs an Image or a ModelPackageName.")


def container_of(record: Record) -> Record:
    container: Record = (
        record["PrimaryContainer"] if "PrimaryContainer" in record else record["Containers"][0]
    )
    return container

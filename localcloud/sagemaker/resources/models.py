"""Models: which image, with which data, as which role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.sagemaker.context import Call, Context, Operation, now
from localcloud.sagemaker.listing import Listing
from localcloud.sagemaker.ports import ApiError
from localcloud.sagemaker.unsupported import (
    Honoured,
    leaves,
    refuse_other_values,
    refuse_unsupported,
    unsupported,
)

if TYPE_CHECKING:
    from localcloud.sagemaker.resources.model_packages import ModelPackages
    from localcloud.sagemaker.store import Record

KIND = "model"
MODEL_EVENT = "SageMaker Model State Change"
_CONTAINER: Honoured = leaves(
    *("Image", "Mode", "ModelDataUrl", "Environment", "ModelPackageName", "ContainerHostname"), "ImageConfig"
)
_HONOURED: Honoured = {
    **leaves("ModelName", "ExecutionRoleArn", "Tags", "VpcConfig", "EnableNetworkIsolation"),
    "PrimaryContainer": _CONTAINER,
    "Containers": _CONTAINER,
}


class Models:
    """Create, Describe, List and Delete."""

    def __init__(self, context: Context, packages: ModelPackages) -> None:
        self._context = context
        self._packages = packages
        self._store = context.stores.of(KIND)
        self._listing = Listing("Models", "ModelName", newest_first=True)
        self.operations: dict[str, Operation] = {
            "CreateModel": self.create,
            "DescribeModel": self.describe,
            "ListModels": self.page,
            "DeleteModel": self.delete,
        }

    def create(self, call: Call) -> Record:
        self._check(call)
        name = call.payload["ModelName"]
        arn = self._context.arn(KIND, name)
        record = {"EnableNetworkIsolation": False} | call.payload | {"ModelArn": arn, "CreationTime": now()}
        with self._store.lock:
            if self._store.get(name) is not None:
                raise ApiError("ValidationException", f'Cannot create already existing model "{arn}".')
            self._store.put(name, record)
        self._emit(record)
        return {"ModelArn": arn}

    def describe(self, call: Call) -> Record:
        return self.found(call.payload["ModelName"])

    def page(self, call: Call) -> Record:
        return self._listing.page(self._store.all(), call.payload)

    def delete(self, call: Call) -> Record:
        record = self.found(call.payload["ModelName"])
        self._store.delete(record["ModelName"])
        self._emit(record)
        return {}

    def found(self, name: str) -> Record:
        record = self._store.get(name)
        if record is None:
            arn = self._context.arn(KIND, name)
            raise ApiError("ValidationException", f'Could not find model "{arn}".')
        return record

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

    def _emit(self, record: Record) -> None:
        detail = {name: value for name, value in record.items() if name != "CreationTime"}
        detail |= {"CreationTime": round(record["CreationTime"] * 1000), "Tags": record.get("Tags", [])}
        self._context.emit(MODEL_EVENT, record["ModelArn"], detail)


def container_of(record: Record) -> Record:
    container: Record = (
        record["PrimaryContainer"] if "PrimaryContainer" in record else record["Containers"][0]
    )
    return container

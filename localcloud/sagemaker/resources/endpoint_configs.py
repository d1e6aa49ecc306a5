"""Endpoint configurations: which models, with which share of the traffic, captured or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localcloud.sagemaker.context import Call, Context, Operation, now
from localcloud.sagemaker.listing import Listing
from localcloud.sagemaker.ports import ApiError
from localcloud.sagemaker.unsupported import Honoured, leaves, refuse_unsupported

if TYPE_CHECKING:
    from localcloud.sagemaker.resources.models import Models
    from localcloud.sagemaker.store import Record

KIND = "endpoint-config"
EVENT = "SageMaker Endpoint Config State Change"
_HONOURED: Honoured = {
    **leaves("EndpointConfigName", "Tags", "KmsKeyId", "DataCaptureConfig"),
    "ProductionVariants": leaves(
        *(
            "VariantName",
            "ModelName",
            "InitialInstanceCount",
            "InstanceType",
            "InitialVariantWeight",
            "VolumeSizeInGB",
        ),
        *("ContainerStartupHealthCheckTimeoutInSeconds", "ModelDataDownloadTimeoutInSeconds"),
    ),
}


class EndpointConfigs:
    """Create, Describe, List and Delete."""

    def __init__(self, context: Context, models: Models) -> None:
        self._context = context
        self._models = models
        self._store = context.stores.of(KIND)
        self._listing = Listing("EndpointConfigs", "EndpointConfigName", newest_first=True)
        self.operations: dict[str, Operation] = {
            "CreateEndpointConfig": self.create,
            "DescribeEndpointConfig": self.describe,
            "ListEndpointConfigs": self.page,
            "DeleteEndpointConfig": self.delete,
        }

    def create(self, call: Call) -> Record:
        self._check(call)
        name = call.payload["EndpointConfigName"]
        arn = self._context.arn(KIND, name)
        record = call.payload | {"EndpointConfigArn": arn, "CreationTime": now()}
        for variant in record["ProductionVariants"]:
            variant.setdefault("InitialVariantWeight", 1.0)
        with self._store.lock:
            if self._store.get(name) is not None:
                message = f'Cannot create already existing endpoint configuration "{arn}".'
                raise ApiError("ValidationException", message)
            self._store.put(name, record)
        self._emit(record)
        return {"EndpointConfigArn": arn}

    def describe(self, call: Call) -> Record:
        return self.found(call.payload["EndpointConfigName"])

    def page(self, call: Call) -> Record:
        return self._listing.page(self._store.all(), call.payload)

    def delete(self, call: Call) -> Record:
        record = self.found(call.payload["EndpointConfigName"])
        self._store.delete(record["EndpointConfigName"])
        self._emit(record)
        return {}

    def found(self, name: str) -> Record:
        record = self._store.get(name)
        if record is None:
            arn = self._context.arn(KIND, name)
            raise ApiError("ValidationException", f'Could not find endpoint configuration "{arn}".')
        return record

    def _check(self, call: Call) -> None:
        payload = call.payload
        refuse_unsupported(call.action, payload, _HONOURED)
        names = [variant["VariantName"] for variant in payload["ProductionVariants"]]
        if len(set(names)) != len(names):
            raise ApiError("ValidationException", f"Variant names must be unique, got {', '.join(names)}.")
        for variant in payload["ProductionVariants"]:
            self._check_variant(variant)
        if sum(variant.get("InitialVariantWeight", 1.0) for variant in payload["ProductionVariants"]) <= 0:
            raise ApiError(
                "ValidationException", "At least one variant must have an InitialVariantWeight above 0."
            )

    def _check_variant(self, variant: dict[str, Any]) -> None:
        if not variant.get("ModelName"):
            raise ApiError("ValidationException", "localcloud needs a ModelName in every production variant.")
        for member in ("InitialInstanceCount", "InstanceType"):
            if member not in variant:
                raise ApiError(
                    "ValidationException", f"{member} must be set for variant {variant['VariantName']}."
                )
        most = self._context.limits.instances_per_variant
        if variant["InitialInstanceCount"] > most:
            kind, wanted = variant["InstanceType"], variant["InitialInstanceCount"]
            message = (
                f"The account-level service limit '{kind} for endpoint usage' is {most} Instances, "
                f"with a request of {wanted} Instances: each is a process on this machine."
            )
            raise ApiError("ResourceLimitExceeded", message)
        self._models.found(variant["ModelName"])

    def _emit(self, record: Record) -> None:
        detail = record | {
            "CreationTime": round(record["CreationTime"] * 1000),
            "Tags": record.get("Tags", []),
        }
        self._context.emit(EVENT, record["EndpointConfigArn"], detail)

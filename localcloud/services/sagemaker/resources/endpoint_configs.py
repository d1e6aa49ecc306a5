"""Endpoint configurations: which models, with which share of the traffic, captured or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localcloud.api.errors import ApiError
from localcloud.services.sagemaker.resources.named import NamedRecords
from localcloud.services.sagemaker.unsupported import Honoured, leaves, refuse_unsupported

if TYPE_CHECKING:
    from localcloud.services.sagemaker.context import Call, Context, Operation
    from localcloud.services.sagemaker.resources.models import Models
    from localcloud.services.sagemaker.store import Record

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


class EndpointConfigs(NamedRecords):
    kind = "endpoint-config"
    noun = "EndpointConfig"
    words = "endpoint configuration"
    event = "SageMaker Endpoint Config State Change"

    def __init__(self, context: Context, models: Models) -> None:
        super().__init__(context)
        self._models = models
        self.operations: dict[str, Operation] = {
            "CreateEndpointConfig": self.create,
            "DescribeEndpointConfig": self.describe,
            "ListEndpointConfigs": self.page,
            "DeleteEndpointConfig": self.delete,
        }

    def made(self, call: Call) -> Record:
        self._check(call)
        usual = {"InitialVariantWeight": 1.0}
        return call.payload | {
            "ProductionVariants": [usual | each for each in call.payload["ProductionVariants"]]
        }

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

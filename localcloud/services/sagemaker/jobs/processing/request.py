"""Which processing jobs a laptop can run: the rest is refused by name."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from localcloud.api.errors import ApiError
from localcloud.services.sagemaker.jobs.hosts import DISTRIBUTIONS, check_count
from localcloud.services.sagemaker.runtime.tree import checked_container_path
from localcloud.services.sagemaker.unsupported import (
    Honoured,
    leaves,
    refuse_other_values,
    refuse_unsupported,
    unsupported,
)

if TYPE_CHECKING:
    from localcloud.services.sagemaker.context import Call
    from localcloud.services.sagemaker.store import Record

PROCESSING_FOLDER = PurePosixPath("/opt/ml/processing")
_HONOURED: Honoured = {
    **leaves("ProcessingJobName", "StoppingCondition", "AppSpecification", "Environment", "RoleArn", "Tags"),
    **leaves("NetworkConfig", "ExperimentConfig"),
    "ProcessingInputs": {
        "InputName": None,
        "S3Input": leaves(
            *(
                "S3Uri",
                "LocalPath",
                "S3DataType",
                "S3InputMode",
                "S3DataDistributionType",
                "S3CompressionType",
            )
        ),
    },
    "ProcessingOutputConfig": {
        "KmsKeyId": None,
        "Outputs": {"OutputName": None, "S3Output": leaves("S3Uri", "LocalPath", "S3UploadMode")},
    },
    "ProcessingResources": {
        "ClusterConfig": leaves("InstanceCount", "InstanceType", "VolumeSizeInGB", "VolumeKmsKeyId"),
    },
}


def check(call: Call) -> None:
    payload = call.payload
    refuse_unsupported(call.action, payload, _HONOURED)
    cluster = payload["ProcessingResources"]["ClusterConfig"]
    check_count("processing", cluster.get("InstanceCount"), cluster.get("InstanceType"))
    for item in payload.get("ProcessingInputs", []):
        if "S3Input" not in item:
            raise unsupported(call.action, f"ProcessingInputs {item['InputName']} without S3Input")
        _check_input(call.action, item["S3Input"])
    for item in payload.get("ProcessingOutputConfig", {}).get("Outputs", []):
        if "S3Output" not in item:
            raise unsupported(call.action, f"Outputs {item['OutputName']} without S3Output")
        refuse_other_values(call.action, "S3UploadMode", item["S3Output"]["S3UploadMode"], ("EndOfJob",))
        _check_local_path(item["S3Output"])


def _check_input(action: str, source: Record) -> None:
    refuse_other_values(action, "S3InputMode", source.get("S3InputMode"), ("File",))
    distribution = source.get("S3DataDistributionType")
    refuse_other_values(action, "S3DataDistributionType", distribution, DISTRIBUTIONS)
    refuse_other_values(action, "S3CompressionType", source.get("S3CompressionType"), ("None",))
    _check_local_path(source)


def _check_local_path(source: Record) -> None:
    if not source.get("LocalPath"):
        raise ApiError("ValidationException", f"LocalPath must be set for {source['S3Uri']}.")
    checked_container_path(source["LocalPath"], PROCESSING_FOLDER)

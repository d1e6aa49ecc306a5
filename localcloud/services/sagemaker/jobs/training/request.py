"""Which training jobs a laptop can run: the rest is refused by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from localcloud.api.errors import ApiError
from localcloud.services.sagemaker.jobs.hosts import DISTRIBUTIONS, check_count
from localcloud.services.sagemaker.jobs.training.checkpoints import DEFAULT_PATH
from localcloud.services.sagemaker.runtime.tree import checked_container_path
from localcloud.services.sagemaker.unsupported import (
    Honoured,
    leaves,
    refuse_other_values,
    refuse_unsupported,
)

if TYPE_CHECKING:
    from localcloud.services.sagemaker.context import Call
    from localcloud.services.sagemaker.store import Record

DEFAULT_RUNTIME = 86400
_HONOURED: Honoured = {
    **leaves(
        "TrainingJobName",
        "HyperParameters",
        "RoleArn",
        "StoppingCondition",
        "Tags",
        "VpcConfig",
        "Environment",
    ),
    **leaves("EnableNetworkIsolation", "EnableInterContainerTrafficEncryption", "ExperimentConfig"),
    **leaves("EnableManagedSpotTraining", "CheckpointConfig"),
    "AlgorithmSpecification": leaves(
        *("TrainingImage", "TrainingInputMode", "MetricDefinitions"),
        *("ContainerEntrypoint", "ContainerArguments", "EnableSageMakerMetricsTimeSeries"),
    ),
    "InputDataConfig": {
        "DataSource": {"S3DataSource": leaves("S3DataType", "S3Uri", "S3DataDistributionType")},
        **leaves("ChannelName", "ContentType", "CompressionType", "RecordWrapperType", "InputMode"),
    },
    "OutputDataConfig": leaves("KmsKeyId", "S3OutputPath", "CompressionType"),
    "ResourceConfig": leaves("InstanceType", "InstanceCount", "VolumeSizeInGB", "VolumeKmsKeyId"),
}


def check(call: Call) -> None:
    payload = call.payload
    refuse_unsupported(call.action, payload, _HONOURED)
    for member in ("AlgorithmSpecification", "ResourceConfig"):
        if member not in payload:
            raise ApiError(
                "ValidationException", f"{member} is required: localcloud has no serverless training jobs."
            )
    specification = payload["AlgorithmSpecification"]
    if not specification.get("TrainingImage"):
        raise ApiError("ValidationException", "AlgorithmSpecification.TrainingImage must be set.")
    files = ("File", "FastFile")
    refuse_other_values(call.action, "TrainingInputMode", specification.get("TrainingInputMode"), files)
    resources = payload["ResourceConfig"]
    check_count("training", resources.get("InstanceCount"), resources.get("InstanceType"))
    refuse_other_values(
        call.action, "CompressionType", payload["OutputDataConfig"].get("CompressionType"), ("GZIP",)
    )
    _check_waiting(payload)
    if "CheckpointConfig" in payload:
        checked_container_path(payload["CheckpointConfig"].get("LocalPath") or DEFAULT_PATH)
    for channel in payload.get("InputDataConfig", []):
        _check_channel(call.action, channel)
    for definition in specification.get("MetricDefinitions", []):
        _check_regex(definition)


def _check_waiting(payload: Record) -> None:
    condition = payload.get("StoppingCondition", {})
    most, wait = condition.get("MaxRuntimeInSeconds", DEFAULT_RUNTIME), condition.get("MaxWaitTimeInSeconds")
    if payload.get("EnableManagedSpotTraining"):
        if wait is None or wait < most:
            message = (
                "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to "
                "MaxRuntimeInSeconds"
            )
            raise ApiError("ValidationException", message)
    elif wait is not None:
        message = "MaxWaitTimeInSeconds is not supported without EnableManagedSpotTraining."
        raise ApiError("ValidationException", message)


def _check_channel(action: str, channel: Record) -> None:
    source = channel["DataSource"].get("S3DataSource")
    if source is None:
        raise ApiError("ValidationException", f"Channel {channel['ChannelName']} has no S3DataSource.")
    refuse_other_values(action, "S3DataType", source["S3DataType"], ("S3Prefix", "ManifestFile"))
    distribution = source.get("S3DataDistributionType")
    refuse_other_values(action, "S3DataDistributionType", distribution, DISTRIBUTIONS)
    refuse_other_values(action, "CompressionType", channel.get("CompressionType"), ("None",))
    refuse_other_values(action, "RecordWrapperType", channel.get("RecordWrapperType"), ("None",))
    refuse_other_values(action, "InputMode", channel.get("InputMode"), ("File", "FastFile"))


def _check_regex(definition: Record) -> None:
    try:
        re.compile(definition["Regex"])
    except re.error as error:
        message = f"The Regex of metric {definition['Name']} is not a regular expression: {error}"
        raise ApiError("ValidationException", message) from None

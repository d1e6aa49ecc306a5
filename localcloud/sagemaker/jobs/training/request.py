"""Which training jobs a laptop can run: the rest is refused by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from localcloud.sagemaker.ports import ApiError
from localcloud.sagemaker.unsupported import Honoured, leaves, refuse_other_values, refuse_unsupported

if TYPE_CHECKING:
    from localcloud.sagemaker.context import Call
    from localcloud.sagemaker.store import Record

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
    refuse_other_values(
        call.action, "ResourceConfig.InstanceCount", payload["ResourceConfig"].get("InstanceCount"), (1,)
    )
    refuse_other_values(
        call.action, "CompressionType", payload["OutputDataConfig"].get("CompressionType"), ("GZIP",)
    )
    for channel in payload.get("InputDataConfig", []):
        _check_channel(call.action, channel)
    for definition in specification.get("MetricDefinitions", []):
        _check_regex(definition)


def _check_channel(action: str, channel: Record) -> None:
    source = channel["DataSource"].get("S3DataSource")
    if source is None:
        raise ApiError("ValidationException", f"Channel {channel['ChannelName']} has no S3DataSource.")
    refuse_other_values(action, "S3DataType", source["S3DataType"], ("S3Prefix", "ManifestFile"))
    refuse_other_values(action, "CompressionType", channel.get("CompressionType"), ("None",))
    refuse_other_values(action, "RecordWrapperType", channel.get("RecordWrapperType"), ("None",))
    refuse_other_values(action, "InputMode", channel.get("InputMode"), ("File", "FastFile"))


def _check_regex(definition: Record) -> None:
    try:
        re.compile(definition["Regex"])
    except re.error as error:
        message = f"The Regex of metric {definition['Name']} is not a regular expression: {error}"
        raise ApiError("ValidationException", message) from None

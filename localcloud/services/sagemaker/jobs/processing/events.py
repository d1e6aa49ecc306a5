"""A processing job's state-change event, in AWS's shape.

Its times are numbers of epoch milliseconds; S3's words are in capitals (MANIFEST_FILE, FULLYREPLICATED), the
status is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from localcloud.services.sagemaker.store import Record

PROCESSING = "SageMaker Processing Job State Change"
_PROCESSING_MEMBERS = [
    "ProcessingInputs",
    "ProcessingOutputConfig",
    "ProcessingJobName",
    "ProcessingJobArn",
    "ProcessingResources",
    "StoppingCondition",
    "AppSpecification",
    "Environment",
    "NetworkConfig",
    "RoleArn",
    "ExperimentConfig",
    "ProcessingJobStatus",
    "FailureReason",
    "ExitMessage",
    "ProcessingEndTime",
    "ProcessingStartTime",
    "LastModifiedTime",
    "CreationTime",
]
_WORDS = {
    "S3DataType": {"ManifestFile": "MANIFEST_FILE", "S3Prefix": "S3_PREFIX"},
    "S3InputMode": {"File": "FILE", "Pipe": "PIPE"},
    "S3DataDistributionType": {"FullyReplicated": "FULLYREPLICATED", "ShardedByS3Key": "SHARDEDBYS3KEY"},
    "S3UploadMode": {"EndOfJob": "END_OF_JOB", "Continuous": "CONTINUOUS"},
    "S3CompressionType": {"None": "NONE", "Gzip": "GZIP"},
}


def processing_detail(record: Record) -> dict[str, Any]:
    detail = {name: _capitals(record[name]) for name in _PROCESSING_MEMBERS if record.get(name) is not None}
    return detail | {name: _milliseconds(value) for name, value in detail.items() if name.endswith("Time")}


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _capitals(value: Any) -> Any:
    if isinstance(value, list):
        return [_capitals(item) for item in value]
    if isinstance(value, dict):
        return {
            name: _WORDS[name].get(item, item) if name in _WORDS else _capitals(item)
            for name, item in value.items()
        }
    return value

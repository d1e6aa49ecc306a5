"""The state-change events of jobs, in AWS's shape, with the traps that AWS left in it.

Times in a training job's event are strings of epoch milliseconds, in a processing job's they are numbers; a
processing job's S3 words are in capitals (MANIFEST_FILE, FULLYREPLICATED) while its status is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from localcloud.sagemaker.store import Record

TRAINING = "SageMaker Training Job State Change"
PROCESSING = "SageMaker Processing Job State Change"

_TRAINING_MEMBERS = [
    "TrainingJobName",
    "TrainingJobArn",
    "TrainingJobStatus",
    "SecondaryStatus",
    "FailureReason",
    "HyperParameters",
    "AlgorithmSpecification",
    "RoleArn",
    "InputDataConfig",
    "OutputDataConfig",
    "ModelArtifacts",
    "ResourceConfig",
    "VpcConfig",
    "StoppingCondition",
    "CreationTime",
    "TrainingStartTime",
    "TrainingEndTime",
    "LastModifiedTime",
    "SecondaryStatusTransitions",
]
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


def training_detail(record: Record) -> dict[str, Any]:
    detail = {name: record[name] for name in _TRAINING_MEMBERS if record.get(name) is not None}
    times = {name: str(_milliseconds(value)) for name, value in detail.items() if name.endswith("Time")}
    transitions = [_transition(item) for item in detail.get("SecondaryStatusTransitions", [])]
    return detail | times | {"SecondaryStatusTransitions": transitions, "Tags": record.get("Tags", [])}


def processing_detail(record: Record) -> dict[str, Any]:
    detail = {name: _capitals(record[name]) for name in _PROCESSING_MEMBERS if record.get(name) is not None}
    return detail | {name: _milliseconds(value) for name, value in detail.items() if name.endswith("Time")}


def _transition(item: Record) -> Record:
    return {
        name: str(_milliseconds(value)) if name.endswith("Time") else value for name, value in item.items()
    }


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

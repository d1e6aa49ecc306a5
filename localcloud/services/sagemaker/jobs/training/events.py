"""A training job's state-change event, in AWS's shape: its times are strings of epoch milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from localcloud.services.sagemaker.store import Record

TRAINING = "SageMaker Training Job State Change"
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


def training_detail(record: Record) -> dict[str, Any]:
    detail = {name: record[name] for name in _TRAINING_MEMBERS if record.get(name) is not None}
    times = {name: str(_milliseconds(value)) for name, value in detail.items() if name.endswith("Time")}
    transitions = [_transition(item) for item in detail.get("SecondaryStatusTransitions", [])]
    return detail | times | {"SecondaryStatusTransitions": transitions, "Tags": record.get("Tags", [])}


def _transition(item: Record) -> Record:
    return {
        name: str(_milliseconds(value)) if name.endswith("Time") else value for name, value in item.items()
    }


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)

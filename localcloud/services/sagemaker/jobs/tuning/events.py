"""A tuning job's state-change event, in AWS's shape: its times are strings of epoch milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from localcloud.services.sagemaker.store import Record

TUNING = "SageMaker HyperParameter Tuning Job State Change"
_MEMBERS = (
    "HyperParameterTuningJobName",
    "HyperParameterTuningJobArn",
    "TrainingJobDefinition",
    "HyperParameterTuningJobStatus",
    "CreationTime",
    "LastModifiedTime",
    "TrainingJobStatusCounters",
    "ObjectiveStatusCounters",
)


def tuning_detail(record: Record) -> dict[str, Any]:
    detail = {name: record[name] for name in _MEMBERS}
    times = {name: str(round(detail[name] * 1000)) for name in ("CreationTime", "LastModifiedTime")}
    return detail | times | {"Tags": record.get("Tags", [])}

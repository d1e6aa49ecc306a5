"""A tuning job's trials, as their training jobs' records tell: counted, compared, listed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from localcloud.services.sagemaker.jobs.refusals import CLOUD_STOPPED
from localcloud.services.sagemaker.jobs.training.run import KIND as TRAINING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from localcloud.services.sagemaker.context import Context
    from localcloud.services.sagemaker.store import Record

RUNNING = ("InProgress", "Stopping")
_COUNTED = {"Completed": "Completed", "InProgress": "InProgress", "Stopping": "InProgress"}
_COUNTERS = ("Completed", "InProgress", "RetryableError", "NonRetryableError", "Stopped")
_OBJECTIVES = ("Succeeded", "Pending", "Failed")


def trials_of(context: Context, tuning_arn: str) -> list[Record]:
    """The records, in the order in which they were started."""
    records = context.stores.of(TRAINING).all()
    return sorted((r for r in records if r.get("TuningJobArn") == tuning_arn), key=_started)


def _started(record: Record) -> tuple[float, str]:
    return record["CreationTime"], record["TrainingJobName"]


def objective_value(trial: Record, objective: Record) -> float | None:
    """The last value of the objective that an ended trial printed."""
    metrics = {item["MetricName"]: item["Value"] for item in trial.get("FinalMetricDataList", [])}
    return metrics.get(objective["MetricName"])


def objective_status(trial: Record, objective: Record) -> str:
    status = trial["TrainingJobStatus"]
    if status in RUNNING:
        return "Pending"
    measured = objective_value(trial, objective) is not None
    return "Succeeded" if measured and status != "Failed" else "Failed"


def is_retryable(trial: Record) -> bool:
    """Whether it failed by no fault of its own, so that another one takes its place."""
    return trial.get("FailureReason") == CLOUD_STOPPED


def counters(trials: Iterable[Record], objective: Record) -> Record:
    """What Describe and List tell of the trials' states."""
    listed = list(trials)
    states = Counter(map(_counted, listed))
    objectives = Counter(objective_status(trial, objective) for trial in listed)
    return {
        "TrainingJobStatusCounters": {name: states[name] for name in _COUNTERS},
        "ObjectiveStatusCounters": {name: objectives[name] for name in _OBJECTIVES},
    }


def _counted(trial: Record) -> str:
    if trial["TrainingJobStatus"] == "Failed":
        return "RetryableError" if is_retryable(trial) else "NonRetryableError"
    return _COUNTED.get(trial["TrainingJobStatus"], "Stopped")


def best(trials: Iterable[Record], objective: Record) -> Record | None:
    """The completed trial with the best objective; of equal ones the first."""
    sign = 1 if objective["Type"] == "Minimize" else -1
    rated = [
        (sign * value, trial["CreationTime"], trial["TrainingJobName"], trial)
        for trial in trials
        if trial["TrainingJobStatus"] == "Completed"
        and (value := objective_value(trial, objective)) is not None
    ]
    return min(rated, key=lambda each: each[:3])[3] if rated else None


def summary(trial: Record, objective: Record) -> Record:
    """The trial as HyperParameterTrainingJobSummary."""
    found: dict[str, Any] = {
        "TrainingJobName": trial["TrainingJobName"],
        "TrainingJobArn": trial["TrainingJobArn"],
        "CreationTime": trial["CreationTime"],
        "TrainingStartTime": trial.get("TrainingStartTime"),
        "TrainingEndTime": trial.get("TrainingEndTime"),
        "TrainingJobStatus": trial["TrainingJobStatus"],
        "TunedHyperParameters": trial["TunedHyperParameters"],
        "FailureReason": trial.get("FailureReason"),
        "ObjectiveStatus": objective_status(trial, objective),
    }
    value = objective_value(trial, objective)
    if value is not None and found["ObjectiveStatus"] == "Succeeded":
        found["FinalHyperParameterTuningJobObjectiveMetric"] = objective | {"Value": value}
    return {name: item for name, item in found.items() if item is not None}

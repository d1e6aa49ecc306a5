"""When a tuning job ends, and as what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from localcloud.services.sagemaker.context import now
from localcloud.services.sagemaker.jobs.tuning.trials import RUNNING, best, objective_status, objective_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from localcloud.services.sagemaker.store import Record

# AWS gives up after so many trials of which none told an objective.
ATTEMPTS = 5
_ALL_FAILED = "All training jobs failed. Please take a look at the training job failures to get more details."
_NONE_SUCCEEDED = (
    f"No training job succeeded after {ATTEMPTS} attempts. "
    "Please take a look at the training job failures to get more details."
)
_NO_OBJECTIVE = (
    "No objective metrics found after running {count} training jobs. Please ensure that the custom algorithm "
    "is emitting the objective metric as defined by the regular expression provided."
)


@dataclass(frozen=True)
class Closing:
    """The job's last status, and the reason of a failure."""

    status: str
    reason: str = ""


def closing_of(record: Record, trials: Sequence[Record], *, stop_asked: bool) -> Closing | None:
    """Why no more trials are to be started and those that run are to be stopped; None to go on."""
    config = record["HyperParameterTuningJobConfig"]
    objective = config["HyperParameterTuningJobObjective"]
    if stop_asked:
        return Closing("Stopped")
    seconds = config["ResourceLimits"].get("MaxRuntimeInSeconds")
    if seconds is not None and now() - record["CreationTime"] > seconds:
        return Closing("Completed")
    if _is_reached(config.get("TuningJobCompletionCriteria", {}), trials, objective):
        return Closing("Completed")
    ended = [trial for trial in trials if trial["TrainingJobStatus"] not in RUNNING]
    if len(ended) >= ATTEMPTS and not any(_succeeded(trial, objective) for trial in trials):
        return verdict(trials, objective, None, many=True)
    return None


def verdict(
    trials: Sequence[Record], objective: Record, closing: Closing | None, *, many: bool = False
) -> Closing:
    """How the job ends: as it was decided, except that without any objective it has failed."""
    if closing is not None and closing.status != "Completed":
        return closing
    if any(_succeeded(trial, objective) for trial in trials):
        return Closing("Completed")
    if any(trial["TrainingJobStatus"] == "Completed" for trial in trials):
        return Closing("Failed", _NO_OBJECTIVE.format(count=len(trials)))
    return Closing("Failed", _NONE_SUCCEEDED if many else _ALL_FAILED)


def _succeeded(trial: Record, objective: Record) -> bool:
    return objective_status(trial, objective) == "Succeeded"


def _is_reached(criteria: Record, trials: Sequence[Record], objective: Record) -> bool:
    first = best(trials, objective)
    value = objective_value(first, objective) if first is not None else None
    if first is None or value is None:
        return False
    target = criteria.get("TargetObjectiveMetricValue")
    if target is not None and (value >= target if objective["Type"] == "Maximize" else value <= target):
        return True
    patience = criteria.get("BestObjectiveNotImproving", {}).get("MaxNumberOfTrainingJobsNotImproving")
    if patience is None:
        return False
    succeeded = [trial for trial in trials if _succeeded(trial, objective)]
    later = [trial for trial in succeeded if trial["TrainingEndTime"] > first["TrainingEndTime"]]
    return len(later) >= int(patience)

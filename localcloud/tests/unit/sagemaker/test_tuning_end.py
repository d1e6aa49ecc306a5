"""When a tuning job ends, and as what: decided from its record and its trials' alone."""

from __future__ import annotations

import time
from typing import Any

import pytest

from localcloud.services.sagemaker.jobs.refusals import CLOUD_STOPPED
from localcloud.services.sagemaker.jobs.tuning.closing import Closing, closing_of, verdict
from localcloud.services.sagemaker.jobs.tuning.trials import best, counters, summary

OBJECTIVE = {"Type": "Minimize", "MetricName": "loss"}


def trial(
    number: int, status: str = "Completed", loss: float | None = None, reason: str = ""
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "TrainingJobName": f"t-{number:03d}",
        "TrainingJobArn": f"arn:t-{number:03d}",
        "CreationTime": float(number),
        "TrainingEndTime": number + 0.5,
        "TrainingJobStatus": status,
        "TunedHyperParameters": {},
    }
    if loss is not None:
        made["FinalMetricDataList"] = [{"MetricName": "loss", "Value": loss}]
    return made | ({"FailureReason": reason} if reason else {})


def job(age: float = 0.0, seconds: int | None = None, **criteria: Any) -> dict[str, Any]:
    limits = {"MaxParallelTrainingJobs": 1} | ({"MaxRuntimeInSeconds": seconds} if seconds else {})
    config = {"HyperParameterTuningJobObjective": OBJECTIVE, "ResourceLimits": limits}
    config["TuningJobCompletionCriteria"] = criteria
    return {"CreationTime": time.time() - age, "HyperParameterTuningJobConfig": config}


def test_nothing_ends_a_job_that_is_well() -> None:
    assert closing_of(job(), [trial(1, loss=0.5), trial(2, "InProgress")], stop_asked=False) is None


def test_a_stop_comes_before_everything() -> None:
    assert closing_of(job(age=500, seconds=120), [], stop_asked=True) == Closing("Stopped")


def test_time_that_is_used_up_completes_the_job() -> None:
    assert closing_of(job(age=121, seconds=120), [], stop_asked=False) == Closing("Completed")
    assert closing_of(job(age=119, seconds=120), [], stop_asked=False) is None


def test_a_target_is_reached_from_the_side_of_the_objective() -> None:
    wanted = job(TargetObjectiveMetricValue=0.2)
    assert closing_of(wanted, [trial(1, loss=0.3)], stop_asked=False) is None
    assert closing_of(wanted, [trial(1, loss=0.1)], stop_asked=False) == Closing("Completed")


def test_patience_counts_the_trials_since_the_best() -> None:
    patient = job(BestObjectiveNotImproving={"MaxNumberOfTrainingJobsNotImproving": 3})
    tried = [trial(1, loss=0.5), trial(2, loss=0.1), trial(3, loss=0.3), trial(4, loss=0.4)]
    assert closing_of(patient, tried, stop_asked=False) is None
    later = [*tried, trial(5, loss=0.2)]
    assert closing_of(patient, later, stop_asked=False) == Closing("Completed")


def test_five_trials_without_any_success_are_enough() -> None:
    failed = [trial(number, "Failed", reason="AlgorithmError") for number in range(5)]
    closing = closing_of(job(), failed, stop_asked=False)
    assert closing is not None
    assert closing.status == "Failed"
    assert "No training job succeeded after 5 attempts" in closing.reason
    assert closing_of(job(), [*failed, trial(6, loss=1.0)], stop_asked=False) is None
    silent = [trial(number) for number in range(5)]
    closing = closing_of(job(), silent, stop_asked=False)
    assert closing is not None
    assert "No objective metrics found after running 5" in closing.reason


@pytest.mark.parametrize(
    ("trials", "closing", "status"),
    [
        ([trial(1, loss=0.5), trial(2, "Failed")], None, "Completed"),
        ([trial(1, "Failed")], None, "Failed"),
        ([trial(1, "Failed")], Closing("Stopped"), "Stopped"),
        ([], Closing("Completed"), "Failed"),
    ],
)
def test_a_job_is_what_its_trials_made_of_it(
    trials: list[dict[str, Any]], closing: Closing | None, status: str
) -> None:
    assert verdict(trials, OBJECTIVE, closing).status == status


def test_trials_are_counted_by_what_became_of_them() -> None:
    """A trial that died with the cloud can be tried again; one that was stopped may have an objective."""
    counted = counters(
        [
            trial(1, loss=0.5),
            trial(2, "Failed", loss=0.1, reason="AlgorithmError"),
            trial(3, "Failed", reason=CLOUD_STOPPED),
            trial(4, "Stopped", loss=0.4),
            trial(5, "Stopping", loss=0.4),
            trial(6, "InProgress"),
        ],
        OBJECTIVE,
    )
    assert counted["TrainingJobStatusCounters"] == {
        "Completed": 1,
        "InProgress": 2,
        "RetryableError": 1,
        "NonRetryableError": 1,
        "Stopped": 1,
    }
    assert counted["ObjectiveStatusCounters"] == {"Succeeded": 2, "Pending": 2, "Failed": 2}


def test_the_best_is_a_completed_one_and_the_first_of_equals() -> None:
    tried = [trial(1, loss=0.5), trial(2, loss=0.3), trial(3, loss=0.3), trial(4, "Stopped", loss=0.1)]
    first = best(tried, OBJECTIVE)
    assert first is not None
    assert first["TrainingJobName"] == "t-002"
    metric = summary(first, OBJECTIVE)["FinalHyperParameterTuningJobObjectiveMetric"]
    assert metric == {"Type": "Minimize", "MetricName": "loss", "Value": 0.3}
    assert best([trial(1)], OBJECTIVE) is None

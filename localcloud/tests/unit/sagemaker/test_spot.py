"""Managed spot training: its time limit, its bill, its checkpoints; and what becomes of a deleted job."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.tests.patience import eventually
from localcloud.tests.unit.sagemaker.laptop import Laptop
from localcloud.tests.unit.sagemaker.test_jobs import process, train, training_request, wait_training

SPOT = {
    "EnableManagedSpotTraining": True,
    "StoppingCondition": {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 60},
}


def test_a_spot_job_tells_its_times_and_what_is_billed(laptop: Laptop) -> None:
    job = train(laptop, "spot", **SPOT)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert job["EnableManagedSpotTraining"] is True
    assert job["StoppingCondition"] == SPOT["StoppingCondition"]
    assert 1 <= job["BillableTimeInSeconds"] <= job["TrainingTimeInSeconds"]


@pytest.mark.parametrize("condition", [{}, {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 59}])
def test_a_spot_job_must_have_a_time_to_wait_that_is_not_shorter_than_its_runtime(
    laptop: Laptop, condition: dict[str, int]
) -> None:
    request = training_request(laptop, "short", EnableManagedSpotTraining=True, StoppingCondition=condition)
    with pytest.raises(ClientError, match="Invalid MaxWaitTimeInSeconds"):
        laptop.sagemaker.create_training_job(**request)


def test_a_time_to_wait_without_spot_is_refused(laptop: Laptop) -> None:
    condition = {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 60}
    with pytest.raises(ClientError, match="without EnableManagedSpotTraining"):
        laptop.sagemaker.create_training_job(**training_request(laptop, "plain", StoppingCondition=condition))


def test_a_spot_job_that_finds_no_room_in_time_is_stopped_for_that(laptop: Laptop) -> None:
    """All places are taken, so it waits; its waiting counts."""
    laptop.put("data/train/a.csv", "1")
    for number in range(laptop.limits.jobs_at_once):
        laptop.sagemaker.create_training_job(**training_request(laptop, f"busy-{number}", "sleep"))
    eventually(lambda: len(list(laptop.state.glob("jobs/training-job/*/log"))) == laptop.limits.jobs_at_once)
    condition = {"MaxRuntimeInSeconds": 1, "MaxWaitTimeInSeconds": 1}
    late = training_request(laptop, "late", EnableManagedSpotTraining=True, StoppingCondition=condition)
    laptop.sagemaker.create_training_job(**late)
    job = wait_training(laptop, "late")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxWaitTimeExceeded")
    assert "TrainingStartTime" not in job


def test_checkpoints_go_to_s3_while_it_runs_and_come_back_to_the_next_job(laptop: Laptop) -> None:
    config = {"CheckpointConfig": {"S3Uri": laptop.uri("checkpoints/run")}}
    first = training_request(laptop, "first", HyperParameters={"mode": "resume", "pause": "30"}, **config)
    laptop.put("data/train/a.csv", "1")
    laptop.sagemaker.create_training_job(**first)
    eventually(lambda: laptop.keys("checkpoints/run") == ["checkpoints/run/epoch-1"])
    laptop.sagemaker.stop_training_job(TrainingJobName="first")
    wait_training(laptop, "first")
    second = train(laptop, "second", HyperParameters={"mode": "resume"}, **config)
    assert second["TrainingJobStatus"] == "Completed", second.get("FailureReason")
    assert second["CheckpointConfig"] == config["CheckpointConfig"]
    assert "found epoch-1" in laptop.log_lines("/aws/sagemaker/TrainingJobs", "second/")
    assert laptop.keys("checkpoints/run") == ["checkpoints/run/epoch-1", "checkpoints/run/epoch-2"]


def test_a_checkpoint_path_outside_the_tree_is_refused(laptop: Laptop) -> None:
    config = {"S3Uri": laptop.uri("c"), "LocalPath": "/opt/ml/../../etc"}
    with pytest.raises(ClientError, match="is not a path under /opt/ml"):
        laptop.sagemaker.create_training_job(**training_request(laptop, "out", CheckpointConfig=config))


def test_an_ended_job_is_deleted_with_its_folder_and_its_name_is_free_again(laptop: Laptop) -> None:
    train(laptop, "gone")
    process(laptop, "gone")
    laptop.sagemaker.delete_training_job(TrainingJobName="gone")
    laptop.sagemaker.delete_processing_job(ProcessingJobName="gone")
    asked: list[Any] = [
        lambda: laptop.sagemaker.describe_training_job(TrainingJobName="gone"),
        lambda: laptop.sagemaker.delete_training_job(TrainingJobName="gone"),
        lambda: laptop.sagemaker.describe_processing_job(ProcessingJobName="gone"),
    ]
    for ask in asked:
        with pytest.raises(ClientError, match=r"(?i)not find|not found"):
            ask()
    assert not list(laptop.state.glob("jobs/*/gone"))
    assert train(laptop, "gone")["TrainingJobStatus"] == "Completed"


def test_a_job_that_runs_is_not_deleted(laptop: Laptop) -> None:
    laptop.put("data/train/a.csv", "1")
    laptop.sagemaker.create_training_job(**training_request(laptop, "runs", "sleep"))
    with pytest.raises(ClientError) as refused:
        laptop.sagemaker.delete_training_job(TrainingJobName="runs")
    assert refused.value.response["Error"]["Code"] == "ResourceInUse"

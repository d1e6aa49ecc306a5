"""Tuning jobs for the tests: requests, their ends and their trials."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.tests.patience import eventually
from localcloud.tests.unit.sagemaker.laptop import IMAGE, ROLE, Laptop

X = {"Name": "x", "MinValue": "0", "MaxValue": "1", "ScalingType": "Linear"}


def definition(laptop: Laptop, **static: str) -> dict[str, Any]:
    return {
        "StaticHyperParameters": static,
        "AlgorithmSpecification": {
            "TrainingImage": IMAGE,
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "objective", "Regex": r"objective:(\S+)"}],
        },
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": laptop.uri("model")},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    }


def config(strategy: str = "Random", most: int | None = 3, parallel: int = 1, **more: Any) -> dict[str, Any]:
    limits = {"MaxParallelTrainingJobs": parallel, "MaxNumberOfTrainingJobs": most}
    return {
        "Strategy": strategy,
        "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "objective"},
        "ResourceLimits": {name: value for name, value in limits.items() if value is not None},
        "ParameterRanges": {"ContinuousParameterRanges": [X]},
        "RandomSeed": 7,
        **more,
    }


def start(laptop: Laptop, name: str, how: dict[str, Any], static: dict[str, str], **more: Any) -> None:
    laptop.sagemaker.create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name,
        HyperParameterTuningJobConfig=how,
        TrainingJobDefinition=definition(laptop, **static),
        **more,
    )


def ended(laptop: Laptop, name: str) -> dict[str, Any]:
    def over() -> Any:
        job = laptop.sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        return job if job["HyperParameterTuningJobStatus"] not in ("InProgress", "Stopping") else None

    job: dict[str, Any] = eventually(over)
    return job


def tune(laptop: Laptop, name: str, how: dict[str, Any], **static: str) -> dict[str, Any]:
    start(laptop, name, how, static)
    return ended(laptop, name)


def trials(laptop: Laptop, name: str, **query: Any) -> list[dict[str, Any]]:
    pages = laptop.sagemaker.get_paginator("list_training_jobs_for_hyper_parameter_tuning_job")
    found = pages.paginate(HyperParameterTuningJobName=name, PaginationConfig={"PageSize": 2}, **query)
    return [trial for page in found for trial in page["TrainingJobSummaries"]]


def tried(laptop: Laptop, name: str) -> list[str]:
    return [trial["TunedHyperParameters"]["x"] for trial in trials(laptop, name)]


def value(trial: dict[str, Any]) -> float:
    return float(trial["FinalHyperParameterTuningJobObjectiveMetric"]["Value"])


def refused(laptop: Laptop, how: dict[str, Any], static: dict[str, str], **more: Any) -> str:
    with pytest.raises(ClientError) as caught:
        start(laptop, "no", how, static, **more)
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    return str(caught.value.response["Error"]["Message"])

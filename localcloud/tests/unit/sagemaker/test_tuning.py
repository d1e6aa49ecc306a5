"""Tuning jobs: trials are real training jobs, proposed, watched, compared and listed."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from localcloud.tests.patience import eventually
from localcloud.tests.unit.sagemaker.laptop import Laptop
from localcloud.tests.unit.sagemaker.test_jobs import unpacked
from localcloud.tests.unit.sagemaker.tuning import (
    X,
    config,
    definition,
    ended,
    refused,
    start,
    trials,
    tried,
    tune,
    value,
)

TUNING = "SageMaker HyperParameter Tuning Job State Change"


def test_trials_are_training_jobs_and_the_best_is_told(laptop: Laptop) -> None:
    """Names, tags, hyperparameters, models, counters, the best one and the events."""
    start(laptop, "good", config(), {"mode": "ok"}, Tags=[{"Key": "team", "Value": "a"}])
    job = ended(laptop, "good")
    assert job["HyperParameterTuningJobStatus"] == "Completed", job.get("FailureReason")
    assert job["TrainingJobStatusCounters"]["Completed"] == job["ObjectiveStatusCounters"]["Succeeded"] == 3
    listed = trials(laptop, "good")
    assert [trial["TrainingJobName"].rpartition("-")[0] for trial in listed] == [
        f"good-00{number}" for number in (1, 2, 3)
    ]
    best = max(listed, key=value)
    assert job["BestTrainingJob"]["TrainingJobName"] == best["TrainingJobName"]
    trial = laptop.sagemaker.describe_training_job(TrainingJobName=best["TrainingJobName"])
    assert trial["TuningJobArn"] == job["HyperParameterTuningJobArn"]
    assert trial["HyperParameters"] == {
        "mode": "ok",
        "x": best["TunedHyperParameters"]["x"],
        "_tuning_objective_metric": "objective",
    }
    key = trial["ModelArtifacts"]["S3ModelArtifacts"].removeprefix(f"s3://{laptop.bucket}/")
    assert json.loads(unpacked(laptop.get(key))["model.json"]) == trial["HyperParameters"]
    tags = laptop.sagemaker.list_tags(ResourceArn=trial["TrainingJobArn"])["Tags"]
    assert tags == [{"Key": "team", "Value": "a"}]
    statuses = [detail["HyperParameterTuningJobStatus"] for detail in laptop.details(TUNING)]
    assert statuses == ["InProgress", "Completed"]


@pytest.mark.parametrize("strategy", ["Random", "Bayesian"])
def test_a_seed_leads_to_the_same_proposals(laptop: Laptop, strategy: str) -> None:
    """One trial at a time; another seed leads elsewhere."""
    for name, seed in (("one", 7), ("two", 7), ("other", 8)):
        tune(laptop, name, config(strategy, most=2) | {"RandomSeed": seed})
    assert tried(laptop, "one") == tried(laptop, "two") != tried(laptop, "other")


def test_a_grid_tries_every_combination_once_and_numbers_itself(laptop: Laptop) -> None:
    ranges = [{"Name": "x", "Values": ["0.1", "0.3"]}, {"Name": "word", "Values": ["a", "b"]}]
    how = config("Grid", most=None, parallel=2) | {"ParameterRanges": {"CategoricalParameterRanges": ranges}}
    job = tune(laptop, "grid", how)
    assert job["HyperParameterTuningJobConfig"]["ResourceLimits"]["MaxNumberOfTrainingJobs"] == 4
    words = [trial["TunedHyperParameters"] for trial in trials(laptop, "grid")]
    assert sorted((each["x"], each["word"]) for each in words) == [
        (x, word) for x in ("0.1", "0.3") for word in ("a", "b")
    ]
    assert job["BestTrainingJob"]["TunedHyperParameters"]["x"] == "0.3"


def test_no_more_trials_run_at_once_than_was_said(laptop: Laptop) -> None:
    start(laptop, "pair", config(most=5, parallel=2), {"epochs": "3", "pause": "0.1"})
    running = []

    def over() -> bool:
        job = laptop.sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="pair")
        running.append(job["TrainingJobStatusCounters"]["InProgress"])
        return bool(job["HyperParameterTuningJobStatus"] == "Completed")

    eventually(over)
    assert max(running) == 2
    assert len(trials(laptop, "pair")) == 5


def test_a_trial_that_is_worse_than_the_median_is_stopped(laptop: Laptop) -> None:
    """Early stopping: three complete trials have shown what to expect when the fourth begins."""
    ranges = {"CategoricalParameterRanges": [{"Name": "x", "Values": ["0.3", "0.31", "0.32", "9"]}]}
    how = config("Grid", most=None, TrainingJobEarlyStoppingType="Auto") | {"ParameterRanges": ranges}
    job = tune(laptop, "early", how, epochs="20", pause="0.1")
    states = {t["TunedHyperParameters"]["x"]: t["TrainingJobStatus"] for t in trials(laptop, "early")}
    assert states == {"0.3": "Completed", "0.31": "Completed", "0.32": "Completed", "9": "Stopped"}
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["TrainingJobStatusCounters"]["Stopped"] == 1


def test_hyperband_gives_the_good_ones_more(laptop: Laptop) -> None:
    """The resource is the number of objective values; some trials are stopped before they had all of it."""
    how = config("Hyperband", most=9, parallel=2) | {
        "StrategyConfig": {"HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 9}}
    }
    job = tune(laptop, "band", how, epochs="9", pause="0.12")
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    counters = job["TrainingJobStatusCounters"]
    assert counters["Stopped"] >= 1
    assert counters["Completed"] + counters["Stopped"] == 9


def test_a_stop_ends_the_trials_and_keeps_the_best(laptop: Laptop) -> None:
    start(laptop, "halt", config(most=50), {"epochs": "2", "pause": "0.2"})
    eventually(lambda: [t for t in trials(laptop, "halt") if t["TrainingJobStatus"] == "Completed"])
    laptop.sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="halt")
    job = ended(laptop, "halt")
    assert job["HyperParameterTuningJobStatus"] == "Stopped"
    assert job["BestTrainingJob"]["TrainingJobStatus"] == "Completed"
    assert job["TrainingJobStatusCounters"]["InProgress"] == 0
    with pytest.raises(ClientError, match="hyperparameter tuning job is in status Stopped"):
        laptop.sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="halt")


def test_a_stop_that_the_clouds_end_cut_short_is_carried_on(laptop: Laptop) -> None:
    start(laptop, "cut", config(most=50), {"epochs": "9", "pause": "0.2"})
    eventually(lambda: trials(laptop, "cut"))
    laptop.sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="cut")
    laptop.stop()
    laptop.start()
    assert ended(laptop, "cut")["HyperParameterTuningJobStatus"] == "Stopped"
    assert len(trials(laptop, "cut")) == 1


@pytest.mark.parametrize(
    ("static", "reason"),
    [({"word": "broken"}, "All training jobs failed"), ({"mode": "ok"}, "No objective metrics found")],
)
def test_a_job_without_any_objective_has_failed(laptop: Laptop, static: dict[str, str], reason: str) -> None:
    how = config(most=2)
    regex = r"objective:(\S+)" if "word" in static else r"no such line (\d+)"
    made = definition(laptop, **static)
    made["AlgorithmSpecification"]["MetricDefinitions"][0]["Regex"] = regex
    laptop.sagemaker.create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName="sad", HyperParameterTuningJobConfig=how, TrainingJobDefinition=made
    )
    job = ended(laptop, "sad")
    assert job["HyperParameterTuningJobStatus"] == "Failed"
    assert reason in job["FailureReason"]
    assert job["ObjectiveStatusCounters"]["Failed"] == 2
    assert "BestTrainingJob" not in job


def test_a_target_that_is_reached_ends_the_job(laptop: Laptop) -> None:
    how = config(most=50, TuningJobCompletionCriteria={"TargetObjectiveMetricValue": 0.1})
    job = tune(laptop, "enough", how)
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert len(trials(laptop, "enough")) < 5


def test_a_job_goes_on_after_the_cloud_was_stopped(laptop: Laptop) -> None:
    """The trial that was running is replaced and does not count."""
    start(laptop, "again", config(most=3), {"epochs": "3", "pause": "0.3"})
    eventually(lambda: len(trials(laptop, "again")) == 2)
    laptop.stop()
    laptop.start()
    job = ended(laptop, "again")
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["TrainingJobStatusCounters"]["RetryableError"] == 1
    assert job["TrainingJobStatusCounters"]["Completed"] == 3
    seen = tried(laptop, "again")
    assert len(set(seen)) == len(seen) == 4


def test_a_warm_start_learns_from_its_parents(laptop: Laptop) -> None:
    """Identical data and algorithm: the best of both is told."""
    first = tune(laptop, "parent", config(most=2), word="a")
    warm = {
        "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "parent"}],
        "WarmStartType": "IdenticalDataAndAlgorithm",
    }
    far = {"ContinuousParameterRanges": [X | {"MinValue": "5", "MaxValue": "6"}]}
    how = config(most=1) | {"ParameterRanges": far}
    start(laptop, "child", how, {"word": "a"}, WarmStartConfig=warm)
    job = ended(laptop, "child")
    overall = job["OverallBestTrainingJob"]
    assert overall["TrainingJobName"] == first["BestTrainingJob"]["TrainingJobName"]
    assert overall["TuningJobName"] == "parent"
    assert job["BestTrainingJob"]["TrainingJobName"].startswith("child-001-")
    orphan = warm | {"ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "nobody"}]}
    assert "parent tuning job nobody does not exist" in refused(laptop, how, {}, WarmStartConfig=orphan)


def test_trials_are_listed_by_status_and_by_objective(laptop: Laptop) -> None:
    tune(laptop, "list", config(most=3))
    best_first = trials(laptop, "list", SortBy="FinalObjectiveMetricValue", SortOrder="Descending")
    values = [value(trial) for trial in best_first]
    assert values == sorted(values, reverse=True)
    assert len(values) == 3
    assert trials(laptop, "list", StatusEquals="Failed") == []
    newest = trials(laptop, "list", SortBy="CreationTime", SortOrder="Descending")
    assert newest[0]["TrainingJobName"].startswith("list-003-")
    jobs = laptop.sagemaker.list_hyper_parameter_tuning_jobs(StatusEquals="Completed", NameContains="IS")
    (listed,) = jobs["HyperParameterTuningJobSummaries"]
    assert (listed["HyperParameterTuningJobName"], listed["Strategy"]) == ("list", "Random")
    laptop.sagemaker.delete_hyper_parameter_tuning_job(HyperParameterTuningJobName="list")
    with pytest.raises(ClientError, match="can't find a tuning job with the name list") as gone:
        trials(laptop, "list")
    assert gone.value.response["Error"]["Code"] == "ResourceNotFound"
    assert laptop.sagemaker.list_training_jobs(NameContains="list-")["TrainingJobSummaries"]

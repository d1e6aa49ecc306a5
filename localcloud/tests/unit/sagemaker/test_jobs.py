"""Training and processing jobs: real processes with a whole /opt/ml tree, from S3 to S3."""

from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from localcloud.services.sagemaker.runtime.process import can_mount
from localcloud.tests.patience import eventually
from localcloud.tests.unit.sagemaker.laptop import IMAGE, ROLE, Laptop

if TYPE_CHECKING:
    from pathlib import Path

TRAINING = "SageMaker Training Job State Change"
PROCESSING = "SageMaker Processing Job State Change"


def training_request(laptop: Laptop, name: str, mode: str = "ok", **changes: Any) -> dict[str, Any]:
    source = {
        "S3DataType": "S3Prefix",
        "S3Uri": laptop.uri("data/train/"),
        "S3DataDistributionType": "FullyReplicated",
    }
    metric = {"Name": "validation:auc", "Regex": r"validation-auc:(\S+)"}
    request = {
        "TrainingJobName": name,
        "HyperParameters": {"mode": mode, "rounds": "20"},
        "AlgorithmSpecification": {
            "TrainingImage": IMAGE,
            "TrainingInputMode": "File",
            "MetricDefinitions": [metric],
        },
        "RoleArn": ROLE,
        "InputDataConfig": [
            {"ChannelName": "train", "DataSource": {"S3DataSource": source}, "ContentType": "text/csv"}
        ],
        "OutputDataConfig": {"S3OutputPath": laptop.uri("model")},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        "Environment": {"GIVEN": "by the request"},
    }
    return request | changes


def train(laptop: Laptop, name: str, mode: str = "ok", **changes: Any) -> dict[str, Any]:
    laptop.put("data/train/a.csv", "1,2\n")
    laptop.put("data/train/deep/b.csv", "3,4\n")
    laptop.sagemaker.create_training_job(**training_request(laptop, name, mode, **changes))
    return wait_training(laptop, name)


def wait_training(laptop: Laptop, name: str) -> dict[str, Any]:
    def over() -> Any:
        job = laptop.sagemaker.describe_training_job(TrainingJobName=name)
        return job if job["TrainingJobStatus"] not in ("InProgress", "Stopping") else None

    job: dict[str, Any] = eventually(over)
    return job


def unpacked(body: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        return {m.name: archive.extractfile(m).read() for m in archive if m.isfile()}  # type: ignore[union-attr]


def test_a_training_job_runs_from_s3_to_s3_and_leaves_model_metrics_and_logs(laptop: Laptop) -> None:
    job = train(laptop, "good")
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert job["SecondaryStatus"] == "Completed"
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == laptop.uri("model/good/output/model.tar.gz")
    (metric,) = job["FinalMetricDataList"]
    assert (metric["MetricName"], metric["Value"]) == ("validation:auc", 0.75)
    assert job["BillableTimeInSeconds"] >= 1
    assert [move["Status"] for move in job["SecondaryStatusTransitions"]] == [
        "Starting",
        "Downloading",
        "Training",
        "Uploading",
        "Completed",
    ]
    seen = json.loads(unpacked(laptop.get("model/good/output/model.tar.gz"))["model.json"])
    assert seen["channels"] == {"train": ["a.csv", "deep/b.csv"]}
    assert seen["inputs"]["train"]["ContentType"] == "text/csv"
    assert seen["resources"]["hosts"] == ["algo-1"]
    assert unpacked(laptop.get("model/good/output/output.tar.gz")) == {"extra.txt": b"extra"}
    assert "hello from ok" in laptop.log_lines("/aws/sagemaker/TrainingJobs", "good/algo-1-")


def test_a_container_sees_its_image_its_request_its_role_and_the_fence_but_not_the_users_environment(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "the-users-own")
    train(laptop, "env")
    environment = json.loads(unpacked(laptop.get("model/env/output/model.tar.gz"))["model.json"])[
        "environment"
    ]
    assert "AWS_PROFILE" not in environment
    expected = {
        "IN_IMAGE": "yes",
        "GIVEN": "by the request",
        "FENCED": "yes",
        "AWS_ACCESS_KEY_ID": ROLE,
        "AWS_ENDPOINT_URL": laptop.ports.endpoint_url,
        "AWS_REGION": "us-east-1",
        "TRAINING_JOB_NAME": "env",
        "OMP_WAIT_POLICY": "PASSIVE",
    }
    assert {name: environment.get(name) for name in expected} == expected


@pytest.mark.skipif(not can_mount(), reason="this system lets an ordinary user mount nothing")
def test_the_tree_is_at_opt_ml_too_where_the_system_allows_it(laptop: Laptop) -> None:
    train(laptop, "mounted")
    assert json.loads(unpacked(laptop.get("model/mounted/output/model.tar.gz"))["model.json"])["mounted"]


def test_equal_models_are_equal_archives(laptop: Laptop) -> None:
    """Without times, owners or order of the disk in it."""
    for name in ("one", "two"):
        train(laptop, name, mode="sleep", StoppingCondition={"MaxRuntimeInSeconds": 1})
    assert laptop.get("model/one/output/model.tar.gz") == laptop.get("model/two/output/model.tar.gz")


def test_a_failed_training_job_says_what_its_program_wrote_into_failure(laptop: Laptop) -> None:
    job = train(laptop, "bad", mode="fail")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Failed", "Failed")
    assert job["FailureReason"].startswith("AlgorithmError: the labels are all the same")
    assert job["FailureReason"].endswith(", exit code: 3")
    assert len(job["FailureReason"]) <= 1024
    assert laptop.keys("model/bad/output/model") == []


def test_a_failed_jobs_reason_is_its_own_even_where_nothing_can_be_uploaded(laptop: Laptop) -> None:
    job = train(laptop, "bad", mode="fail", OutputDataConfig={"S3OutputPath": "s3://no-such-bucket/x"})
    assert job["FailureReason"].startswith("AlgorithmError: the labels are all the same")


def test_a_job_that_runs_too_long_is_stopped_and_what_it_saved_is_kept(laptop: Laptop) -> None:
    job = train(laptop, "slow", mode="sleep", StoppingCondition={"MaxRuntimeInSeconds": 1})
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")
    assert unpacked(laptop.get("model/slow/output/model.tar.gz")) == {"partial": b"saved before the end"}


def test_a_job_is_stopped_when_asked(laptop: Laptop) -> None:
    laptop.put("data/train/a.csv", "1")
    laptop.sagemaker.create_training_job(**training_request(laptop, "halt", "sleep"))
    eventually(lambda: "hello from sleep" in _log_file(laptop.state / "jobs/training-job/halt/log"))
    laptop.sagemaker.stop_training_job(TrainingJobName="halt")
    assert wait_training(laptop, "halt")["TrainingJobStatus"] == "Stopped"
    with pytest.raises(ClientError, match="is in status Stopped"):
        laptop.sagemaker.stop_training_job(TrainingJobName="halt")


def test_a_job_can_be_stopped_as_soon_as_it_is_there(laptop: Laptop) -> None:
    """A rule of EventBridge may be faster than the answer to the one who made the job."""
    laptop.ports.heard = lambda detail: (
        laptop.sagemaker.stop_training_job(TrainingJobName="halt")
        if detail.get("SecondaryStatus") == "Starting"
        else None
    )
    assert train(laptop, "halt", "sleep")["TrainingJobStatus"] == "Stopped"


def test_when_the_end_is_told_the_jobs_folder_is_tidy(laptop: Laptop) -> None:
    """Whoever hears of the end may delete the job and use its name again."""
    model = laptop.state / "jobs/training-job/good/opt/ml/model"
    left: dict[str, bool] = {}
    laptop.ports.heard = lambda detail: left.update({detail["TrainingJobStatus"]: model.exists()})
    train(laptop, "good")
    eventually(lambda: "Completed" in left)
    assert left == {"InProgress": True, "Completed": False}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"AlgorithmSpecification": {"TrainingImage": "no/such:1", "TrainingInputMode": "File"}},
            "no image has this name",
        ),
        ({"OutputDataConfig": {"S3OutputPath": "s3://no-such-bucket-anywhere/x"}}, "Failed to upload"),
    ],
)
def test_what_the_caller_got_wrong_is_a_client_error(
    laptop: Laptop, changes: dict[str, Any], reason: str
) -> None:
    job = train(laptop, "wrong", **changes)
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("ClientError: ")
    assert reason in job["FailureReason"]


def test_a_channel_without_objects_fails_the_job_and_names_the_place(laptop: Laptop) -> None:
    request = training_request(laptop, "empty")
    laptop.sagemaker.create_training_job(**request)
    job = wait_training(laptop, "empty")
    assert laptop.uri("data/train/") in job["FailureReason"]


def test_a_job_name_is_used_once(laptop: Laptop) -> None:
    train(laptop, "twice")
    with pytest.raises(laptop.sagemaker.exceptions.ResourceInUse):
        laptop.sagemaker.create_training_job(**training_request(laptop, "twice"))


def test_an_unknown_job_is_a_validation_exception_as_aws_answers_and_its_model_does_not_say(
    laptop: Laptop,
) -> None:
    with pytest.raises(ClientError, match=r"ValidationException.*Requested resource not found"):
        laptop.sagemaker.describe_training_job(TrainingJobName="nobody")
    with pytest.raises(ClientError, match=r"ValidationException.*Could not find requested job with name: no"):
        laptop.sagemaker.stop_processing_job(ProcessingJobName="nobody")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"RetryStrategy": {"MaximumRetryAttempts": 1}}, "RetryStrategy"),
        ({"DebugHookConfig": {"S3OutputPath": "s3://b/c"}}, "DebugHookConfig"),
    ],
)
def test_what_a_laptop_cannot_do_is_refused_by_name(
    laptop: Laptop, changes: dict[str, Any], named: str
) -> None:
    with pytest.raises(ClientError, match=named) as refused:
        laptop.sagemaker.create_training_job(**training_request(laptop, "big", **changes))
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_training_events_have_awss_shape_with_times_as_strings(laptop: Laptop) -> None:
    train(laptop, "events")
    details = laptop.details(TRAINING)
    assert [detail["SecondaryStatus"] for detail in details] == [
        "Starting",
        "Downloading",
        "Training",
        "Uploading",
        "Completed",
    ]
    last = details[-1]
    assert last["TrainingJobStatus"] == "Completed"
    assert last["CreationTime"].isdigit()
    assert len(last["TrainingEndTime"]) == 13
    assert last["SecondaryStatusTransitions"][0]["StartTime"].isdigit()
    event = laptop.ports.events[-1]
    assert event["source"] == "aws.sagemaker"
    assert event["resources"] == ["arn:aws:sagemaker:us-east-1:000000000000:training-job/events"]


def processing_request(laptop: Laptop, name: str, *arguments: str) -> dict[str, Any]:
    source = {"S3Uri": laptop.uri("drops/loan/my file.csv"), "LocalPath": "/opt/ml/processing/input/drop"}
    target = {"S3Uri": laptop.uri("runs/report"), "LocalPath": "/opt/ml/processing/output/report"}
    return {
        "ProcessingJobName": name,
        "ProcessingInputs": [
            {"InputName": "drop", "S3Input": source | {"S3DataType": "S3Prefix", "S3InputMode": "File"}}
        ],
        "ProcessingOutputConfig": {
            "Outputs": [{"OutputName": "report", "S3Output": target | {"S3UploadMode": "EndOfJob"}}]
        },
        "ProcessingResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10}
        },
        "AppSpecification": {"ImageUri": IMAGE, "ContainerArguments": ["process", *arguments]},
        "Environment": {"USECASE": "loan"},
        "RoleArn": ROLE,
    }


def process(laptop: Laptop, name: str, *arguments: str) -> dict[str, Any]:
    laptop.put("drops/loan/my file.csv", "a,b\n1,2\n")
    laptop.sagemaker.create_processing_job(**processing_request(laptop, name, *arguments))

    def over() -> Any:
        job = laptop.sagemaker.describe_processing_job(ProcessingJobName=name)
        return job if job["ProcessingJobStatus"] not in ("InProgress", "Stopping") else None

    job: dict[str, Any] = eventually(over)
    return job


def test_a_processing_job_reads_its_inputs_and_uploads_its_outputs_without_links(laptop: Laptop) -> None:
    job = process(laptop, "report")
    assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")
    assert job["ExitMessage"] == "saw 8 characters"
    assert json.loads(laptop.get("runs/report/report.json")) == {"text": "a,b\n1,2\n", "use": "loan"}
    assert laptop.keys("runs/report") == ["runs/report/deep/more.txt", "runs/report/report.json"]
    starts = [detail["ProcessingInputs"][0]["S3Input"] for detail in laptop.details(PROCESSING)]
    assert starts[0]["S3DataType"] == "S3_PREFIX"
    statuses = [detail["ProcessingJobStatus"] for detail in laptop.details(PROCESSING)]
    assert (statuses[0], statuses[-1]) == ("InProgress", "Completed")
    assert isinstance(laptop.details(PROCESSING)[-1]["ProcessingEndTime"], int)


def test_a_failed_processing_job_carries_its_message_and_uploads_nothing(laptop: Laptop) -> None:
    job = process(laptop, "broken", "fail")
    assert job["ProcessingJobStatus"] == "Failed"
    assert job["ExitMessage"] == "saw 8 characters"
    assert job["FailureReason"] == "AlgorithmError: saw 8 characters, exit code: 1"
    assert laptop.keys("runs/report") == []


@pytest.mark.parametrize("path", ["/opt/ml/processing/../../etc", "/etc", "opt/ml/processing/x"])
def test_a_local_path_outside_the_tree_is_refused(laptop: Laptop, path: str) -> None:
    request = processing_request(laptop, "climber")
    request["ProcessingInputs"][0]["S3Input"]["LocalPath"] = path
    with pytest.raises(ClientError, match="is not a path under /opt/ml/processing"):
        laptop.sagemaker.create_processing_job(**request)


def test_a_job_that_ran_when_the_cloud_died_is_failed_after_the_restart(laptop: Laptop) -> None:
    laptop.put("data/train/a.csv", "1")
    laptop.sagemaker.create_training_job(**training_request(laptop, "orphan", "sleep"))
    eventually(lambda: "hello from sleep" in _log_file(laptop.state / "jobs/training-job/orphan/log"))
    laptop.stop()
    laptop.start()
    job = laptop.sagemaker.describe_training_job(TrainingJobName="orphan")
    assert job["TrainingJobStatus"] == "Failed"
    assert "the local cloud was stopped" in job["FailureReason"]
    assert laptop.details(TRAINING)[-1]["TrainingJobStatus"] == "Failed"


def _log_file(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def test_a_manifest_names_the_objects_of_a_channel(laptop: Laptop) -> None:
    laptop.put("data/train/a.csv", "1")
    laptop.put("data/train/deep/b.csv", "2")
    manifest = json.dumps([{"prefix": laptop.uri("data/train/")}, "deep/b.csv"])
    source = {"S3DataType": "ManifestFile", "S3Uri": laptop.put("data/list.manifest", manifest)}
    channel = {"ChannelName": "listed", "DataSource": {"S3DataSource": source}}
    job = train(laptop, "manifest", InputDataConfig=[channel])
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    seen = json.loads(unpacked(laptop.get("model/manifest/output/model.tar.gz"))["model.json"])
    assert seen["channels"] == {"listed": ["deep/b.csv"]}


def test_an_isolated_container_gets_no_credentials_and_no_endpoint(laptop: Laptop) -> None:
    train(laptop, "alone", EnableNetworkIsolation=True)
    environment = json.loads(unpacked(laptop.get("model/alone/output/model.tar.gz"))["model.json"])[
        "environment"
    ]
    assert not {"AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL"} & set(environment)


def test_jobs_wait_their_turn_and_can_be_stopped_while_they_wait(laptop: Laptop) -> None:
    laptop.put("data/train/a.csv", "1")
    names = [f"job-{number}" for number in range(laptop.limits.jobs_at_once + 1)]
    for name in names:
        laptop.sagemaker.create_training_job(**training_request(laptop, name, "sleep"))

    def running() -> list[str]:
        logs = laptop.state.glob("jobs/training-job/*/log")
        return [log.parent.name for log in logs if "hello from sleep" in log.read_text()]

    eventually(lambda: len(running()) == laptop.limits.jobs_at_once)
    (waiting,) = set(names) - set(running())
    assert laptop.sagemaker.describe_training_job(TrainingJobName=waiting)["SecondaryStatus"] == "Starting"
    laptop.sagemaker.stop_training_job(TrainingJobName=waiting)
    assert wait_training(laptop, waiting)["TrainingJobStatus"] == "Stopped"
    listed = laptop.sagemaker.list_training_jobs(StatusEquals="InProgress", MaxResults=50)
    assert len(listed["TrainingJobSummaries"]) == laptop.limits.jobs_at_once


def test_processing_jobs_are_listed_by_status_and_a_finished_one_is_not_stopped(laptop: Laptop) -> None:
    process(laptop, "good")
    process(laptop, "bad", "fail")
    failed = laptop.sagemaker.list_processing_jobs(StatusEquals="Failed")["ProcessingJobSummaries"]
    assert [(item["ProcessingJobName"], item["ExitMessage"]) for item in failed] == [
        ("bad", "saw 8 characters")
    ]
    with pytest.raises(ClientError, match="is in status Completed"):
        laptop.sagemaker.stop_processing_job(ProcessingJobName="good")


def test_an_object_of_a_manifest_that_cannot_be_had_is_named(laptop: Laptop) -> None:
    manifest = json.dumps([{"prefix": laptop.uri("data/train/")}, "not/there.csv"])
    source = {"S3DataType": "ManifestFile", "S3Uri": laptop.put("data/list.manifest", manifest)}
    channel = {"ChannelName": "listed", "DataSource": {"S3DataSource": source}}
    job = train(laptop, "hole", InputDataConfig=[channel])
    assert job["FailureReason"].endswith(f"({laptop.uri('data/train/not/there.csv')})")

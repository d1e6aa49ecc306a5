"""The clients that people have, unmodified, run the loop: AWS's SageMaker SDK 3, boto3's waiters and
paginators, the AWS CLI. Each knows the cloud by AWS_ENDPOINT_URL alone."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import WaiterError

from localcloud.deploy.requirements import installed_environment
from localcloud.tests.conformance.answers import wrong_with
from localcloud.tests.integration.localcloud_process import ROOT, TinyCloud, program
from localcloud.tests.patience import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).with_name("sagemaker_sdk")
CACHE = Path(os.environ.get("LOCALCLOUD_BUILD") or ROOT / ".localcloud" / "build")
IMAGE = "words:local"
CLUSTER = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyCloud]:
    running = TinyCloud(tmp_path_factory.mktemp("clients") / "state", iam=True)
    arguments = ("--template", str(HERE / "template.yaml"), "--stack", "clients")
    try:
        running.start(*arguments, "--image", f"{IMAGE}={HERE}:Dockerfile")
        running.client("s3").put_object(
            Bucket=output(running, "Bucket"), Key="drops/words.txt", Body=b"Tree leaf"
        )
        yield running
    finally:
        running.stop()


def output(cloud: TinyCloud, name: str) -> str:
    (stack,) = cloud.client("cloudformation").describe_stacks(StackName="clients")["Stacks"]
    return {item["OutputKey"]: str(item["OutputValue"]) for item in stack["Outputs"]}[name]


def settings(cloud: TinyCloud) -> dict[str, str]:
    """What anybody would set."""
    return {
        "PATH": os.defpath,
        "HOME": str(cloud.state),
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{cloud.port}",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "000000000000",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_PAGER": "",
    }


def said(*command: str | Path, env: dict[str, str]) -> str:
    ran = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=200)
    assert ran.returncode == 0, f"{ran.stdout[-3000:]}\n{ran.stderr[-3000:]}"
    return ran.stdout


def test_the_sagemaker_sdk_makes_waits_for_lists_invokes_and_deletes_everything(cloud: TinyCloud) -> None:
    python = installed_environment([HERE / "requirements.txt"], CACHE, print) / "bin" / "python"
    saw = cloud.state / "saw.json"
    said(
        python,
        HERE / "loop.py",
        output(cloud, "Bucket"),
        output(cloud, "Role"),
        IMAGE,
        saw,
        env=settings(cloud),
    )
    assert json.loads(saw.read_text()) == {
        "processing": ["Completed", "made lower case"],
        "processing jobs": ["sdk-loop"],
        "tuning": ["Completed", 2, 2.0],
        "tuning jobs": ["sdk-loop"],
        "training": ["Completed", [2.0]],
        "training jobs": ["sdk-loop"],
        "fault of the SDK": "'ModelPackageName'",
        "package": [1, "Approved"],
        "packages": [1],
        "groups": ["sdk-loop"],
        "endpoint": ["InService", 1],
        "tree": {"known": True},
        "cloud": {"known": False},
        "models": ["sdk-loop"],
        "configs": ["sdk-loop"],
        "endpoints": ["sdk-loop"],
        "left": [],
    }


def requests_of(cloud: TinyCloud, name: str) -> dict[str, dict[str, Any]]:
    """One request an operation, whole, for those who speak the API itself."""
    data, role = f"s3://{output(cloud, 'Bucket')}", output(cloud, "Role")
    source = {"S3DataType": "S3Prefix", "S3Uri": f"{data}/drops"}
    given = {"S3InputMode": "File", "LocalPath": "/opt/ml/processing/input"} | source
    made = {"LocalPath": "/opt/ml/processing/output", "S3UploadMode": "EndOfJob", "S3Uri": f"{data}/{name}"}
    model = f"{data}/models/{name}/output/model.tar.gz"
    variant = {
        "VariantName": "v",
        "ModelName": name,
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large",
    }
    return {
        "create_processing_job": {
            "ProcessingJobName": name,
            "RoleArn": role,
            "AppSpecification": {"ImageUri": IMAGE, "ContainerArguments": ["process"]},
            "ProcessingResources": {"ClusterConfig": CLUSTER},
            "ProcessingInputs": [{"InputName": "drop", "S3Input": given}],
            "ProcessingOutputConfig": {"Outputs": [{"OutputName": "train", "S3Output": made}]},
        },
        "create_training_job": {
            "TrainingJobName": name,
            "RoleArn": role,
            "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": source}}],
            "OutputDataConfig": {"S3OutputPath": f"{data}/models"},
            "ResourceConfig": CLUSTER,
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        },
        "create_model_package_group": {"ModelPackageGroupName": name},
        "create_model_package": {
            "ModelPackageGroupName": name,
            "ModelApprovalStatus": "Approved",
            "InferenceSpecification": {
                "Containers": [{"Image": IMAGE, "ModelDataUrl": model}],
                "SupportedContentTypes": ["text/plain"],
            },
        },
        "create_model": {
            "ModelName": name,
            "ExecutionRoleArn": role,
            "PrimaryContainer": {
                "ModelPackageName": f"arn:aws:sagemaker:us-east-1:000000000000:model-package/{name}/1"
            },
        },
        "create_endpoint_config": {"EndpointConfigName": name, "ProductionVariants": [variant]},
        "create_endpoint": {"EndpointName": name, "EndpointConfigName": name},
    }


def test_boto3s_waiters_and_paginators_run_the_loop(cloud: TinyCloud) -> None:
    name, soon = "boto-loop", {"Delay": 1, "MaxAttempts": 60}
    sagemaker = cloud.client("sagemaker")
    wrong = faults_of_answers(sagemaker)
    for operation, request in requests_of(cloud, name).items():
        getattr(sagemaker, operation)(**request)
        if operation == "create_processing_job":
            waiter = sagemaker.get_waiter("processing_job_completed_or_stopped")
            waiter.wait(ProcessingJobName=name, WaiterConfig=soon)
        elif operation == "create_training_job":
            waiter = sagemaker.get_waiter("training_job_completed_or_stopped")
            waiter.wait(TrainingJobName=name, WaiterConfig=soon)
    sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=name, WaiterConfig=soon)
    asked = {"EndpointName": name, "Body": b"leaf", "ContentType": "text/plain"}
    answer = cloud.client("sagemaker-runtime").invoke_endpoint(**asked)
    assert json.loads(answer["Body"].read()) == {"known": True}
    for paginator, member, named in LISTS:
        more = {"ModelPackageType": "Versioned"} if paginator == "list_model_packages" else {}
        pages = sagemaker.get_paginator(paginator).paginate(**more, PaginationConfig={"PageSize": 1})
        assert name in [item[named] for page in pages for item in page[member]], paginator
    sagemaker.delete_endpoint(EndpointName=name)
    sagemaker.get_waiter("endpoint_deleted").wait(EndpointName=name, WaiterConfig=soon)
    assert wrong == []


def faults_of_answers(client: Any) -> list[str]:
    """Fills itself with what is wrong with the client's answers, as they come over the wire."""
    found: list[str] = []

    def look(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
        if response_dict["status_code"] == 200:
            answer = json.loads(response_dict["body"] or b"{}")
            found.extend(wrong_with(operation_model.output_shape, answer, operation_model.name))

    client.meta.events.register("before-parse.sagemaker", look)
    return found


LISTS = [
    ("list_training_jobs", "TrainingJobSummaries", "TrainingJobName"),
    ("list_processing_jobs", "ProcessingJobSummaries", "ProcessingJobName"),
    ("list_model_package_groups", "ModelPackageGroupSummaryList", "ModelPackageGroupName"),
    ("list_model_packages", "ModelPackageSummaryList", "ModelPackageGroupName"),
    ("list_models", "Models", "ModelName"),
    ("list_endpoint_configs", "EndpointConfigs", "EndpointConfigName"),
    ("list_endpoints", "Endpoints", "EndpointName"),
]


@pytest.mark.parametrize(
    ("waiter", "asked"),
    [
        ("training_job_completed_or_stopped", {"TrainingJobName": "nobody"}),
        ("processing_job_completed_or_stopped", {"ProcessingJobName": "nobody"}),
        ("endpoint_in_service", {"EndpointName": "nobody"}),
    ],
)
def test_a_waiter_gives_up_at_once_on_what_is_not_there(
    cloud: TinyCloud, waiter: str, asked: dict[str, str]
) -> None:
    with pytest.raises(WaiterError, match="terminal failure state"):
        cloud.client("sagemaker").get_waiter(waiter).wait(**asked)


def test_the_aws_cli_runs_the_loop_and_waits(cloud: TinyCloud) -> None:
    name = "cli-loop"

    def aws(*arguments: str) -> Any:
        command = (program("aws"), *arguments, "--output", "json")
        printed = said(*command, env=settings(cloud))
        return json.loads(printed) if printed.strip() else None

    requests = requests_of(cloud, name)
    # The CLI's waiters look every 60 s, so jobs are waited for by hand and the endpoint, once, by the CLI.
    for operation, request in requests.items():
        aws("sagemaker", operation.replace("_", "-"), "--cli-input-json", json.dumps(request))
        if operation.endswith("_job"):
            kind = operation.removeprefix("create_").replace("_", "-")
            describe = ("sagemaker", f"describe-{kind}", f"--{kind}-name", name)
            status = f"{kind.split('-')[0].title()}JobStatus"
            described = eventually(lambda d=describe, s=status: _over(aws(*d), s))
            assert described[status] == "Completed", described.get("FailureReason")
    eventually(lambda: _over(aws("sagemaker", "describe-endpoint", "--endpoint-name", name)))
    aws("sagemaker", "wait", "endpoint-in-service", "--endpoint-name", name)
    answer = cloud.state / "answer"
    invoked = (
        "invoke-endpoint",
        "--endpoint-name",
        name,
        "--content-type",
        "text/plain",
        "--body",
        "dGVzdA==",
    )
    aws("sagemaker-runtime", *invoked, str(answer))
    assert json.loads(answer.read_text()) == {"known": False}
    found = aws("sagemaker", "search", "--resource", "ModelPackage", "--query", "Results[].ModelPackage")
    assert name in [package["ModelPackageGroupName"] for package in found]
    listed = aws("sagemaker", "list-training-jobs", "--name-contains", name, "--page-size", "1")
    assert [job["TrainingJobStatus"] for job in listed["TrainingJobSummaries"]] == ["Completed"]


def _over(described: dict[str, Any], member: str = "EndpointStatus") -> dict[str, Any] | None:
    return None if described[member] in ("InProgress", "Creating") else described

"""SageMaker on a running local cloud: boto3 and the AWS CLI over HTTP, events through EventBridge, alarms."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tarfile
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from localcloud.tests.integration.localcloud_process import TinyCloud, program
from localcloud.tests.patience import PATIENCE, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

APP = Path(__file__).with_name("sagemaker_app")
IMAGE = "serving:local"
ROLE = "arn:aws:iam::000000000000:role/any"
_METRIC = {"MetricName": "auc", "Timestamp": 0, "Value": 0.5}
ARGUMENTS = (
    *("--template", str(APP / "template.yaml"), "--stack", "wire"),
    *("--image", f"{IMAGE}={APP}:Dockerfile"),
)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyCloud]:
    running = TinyCloud(tmp_path_factory.mktemp("wire") / "state").start(*ARGUMENTS)
    yield running
    if running.process is not None and running.process.poll() is None:
        running.stop()


def outputs(cloud: TinyCloud) -> dict[str, str]:
    (stack,) = cloud.client("cloudformation").describe_stacks(StackName="wire")["Stacks"]
    return {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}


def events(cloud: TinyCloud) -> list[dict[str, Any]]:
    """What is in the queue now."""
    sqs, queue = cloud.client("sqs"), outputs(cloud)["Queue"]
    found = []
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return found


def aws(cloud: TinyCloud, *arguments: str) -> Any:
    """The AWS CLI."""
    settings = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{cloud.port}", "AWS_DEFAULT_REGION": "us-east-1"}
    settings |= {"AWS_ACCESS_KEY_ID": "000000000000", "AWS_SECRET_ACCESS_KEY": "local", "AWS_PAGER": ""}
    command = [program("aws"), *arguments, "--output", "json"]
    ran = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=True)
    return json.loads(ran.stdout) if ran.stdout.strip() else None


def model_archive(name: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        member = tarfile.TarInfo("name")
        member.size = len(name)
        tar.addfile(member, io.BytesIO(name.encode()))
    return packed.getvalue()


def serve(cloud: TinyCloud, name: str) -> None:
    """An endpoint whose model says its own name, captured into the bucket."""
    bucket, sagemaker = outputs(cloud)["Bucket"], cloud.client("sagemaker")
    cloud.client("s3").put_object(Bucket=bucket, Key=f"{name}.tar.gz", Body=model_archive(name))
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{bucket}/{name}.tar.gz"}
    sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer=container)
    variant = {"VariantName": "AllTraffic", "ModelName": name, "InstanceType": "ml.m5.large"}
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": f"s3://{bucket}/capture",
    }
    capture |= {"CaptureOptions": [{"CaptureMode": "InputAndOutput"}]}
    sagemaker.create_endpoint_config(
        EndpointConfigName=name,
        ProductionVariants=[variant | {"InitialInstanceCount": 1}],
        DataCaptureConfig=capture,
    )
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    settled(cloud, name)


def settled(cloud: TinyCloud, name: str) -> None:
    """Wait until it is InService; anything that ends otherwise is told with its reason."""
    sagemaker = cloud.client("sagemaker")

    def ended() -> Any:
        described = sagemaker.describe_endpoint(EndpointName=name)
        return described if described["EndpointStatus"] in ("InService", "Failed") else None

    described = eventually(ended)
    assert described["EndpointStatus"] == "InService", described["FailureReason"]


def invoke(cloud: TinyCloud, endpoint: str, body: bytes) -> bytes:
    runtime = cloud.client("sagemaker-runtime")
    answer = runtime.invoke_endpoint(EndpointName=endpoint, Body=body, ContentType="text/csv")
    said: bytes = answer["Body"].read()
    return said


def test_an_approval_by_the_cli_reaches_a_rule_of_eventbridge(cloud: TinyCloud) -> None:
    sagemaker = cloud.client("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName="loan")
    container = {"Image": IMAGE, "ModelDataUrl": "s3://bucket/model.tar.gz"}
    specification = {"Containers": [container], "SupportedContentTypes": ["text/csv"]}
    arn = sagemaker.create_model_package(ModelPackageGroupName="loan", InferenceSpecification=specification)
    arn = arn["ModelPackageArn"]
    aws(
        *(cloud, "sagemaker", "update-model-package", "--model-package-arn", arn),
        *("--model-approval-status", "Approved"),
    )
    listed = aws(cloud, "sagemaker", "list-model-packages", "--model-package-group-name", "loan")
    assert [item["ModelApprovalStatus"] for item in listed["ModelPackageSummaryList"]] == ["Approved"]
    seen: list[dict[str, Any]] = []

    def both() -> bool:
        seen.extend(events(cloud))
        return len(seen) >= 2

    eventually(both)
    approved = [event for event in seen if "UpdatedModelPackageFields" in event["detail"]]
    assert [event["detail"]["UpdatedModelPackageFields"] for event in approved] == [["ModelApprovalStatus"]]
    assert approved[0]["source"] == "aws.sagemaker"
    assert approved[0]["resources"] == [arn]


def test_an_endpoint_answers_over_http_is_captured_and_sets_off_an_alarm(
    cloud: TinyCloud, tmp_path: Path
) -> None:
    serve(cloud, "loan")
    answer = tmp_path / "answer"
    aws(
        *(
            cloud,
            "sagemaker-runtime",
            "invoke-endpoint",
            "--endpoint-name",
            "loan",
            "--content-type",
            "text/csv",
        ),
        *("--body", "1,2", str(answer)),
    )
    assert answer.read_text() == "loan:1,2"
    dimensions = {"EndpointName": "loan", "VariantName": "AllTraffic", "EndpointConfigName": "loan"}
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName="loan-5xx",
        Namespace="AWS/SageMaker",
        MetricName="Invocation5XXErrors",
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
    )
    with pytest.raises(ClientError, match=r"Received server error \(500\)") as failed:
        invoke(cloud, "loan", b"fault")
    assert failed.value.response["Error"]["Code"] == "ModelError"
    alarms: list[dict[str, Any]] = []

    def raised() -> bool:
        alarms.extend(event for event in events(cloud) if event["source"] == "aws.cloudwatch")
        return any(event["detail"]["state"]["value"] == "ALARM" for event in alarms)

    eventually(raised)
    s3, bucket = cloud.client("s3"), outputs(cloud)["Bucket"]
    prefix = {"Bucket": bucket, "Prefix": "capture/loan/AllTraffic/"}
    found = eventually(lambda: s3.list_objects_v2(**prefix).get("Contents"))
    assert len(found) == 1


def test_an_endpoint_serves_again_after_its_cloud_was_killed(cloud: TinyCloud) -> None:
    serve(cloud, "survivor")
    assert cloud.process is not None
    cloud.process.kill()
    cloud.process.wait(PATIENCE)
    # Left by the one that was killed; its successor writes it anew once it is up.
    (cloud.state / "cloud.json").unlink()
    cloud.start(*ARGUMENTS)
    settled(cloud, "survivor")
    assert invoke(cloud, "survivor", b"3") == b"survivor:3"


def test_an_operation_that_is_not_there_is_refused_by_name(cloud: TinyCloud) -> None:
    with pytest.raises(ClientError, match="localcloud does not have SageMaker ListHubs yet") as refused:
        cloud.client("sagemaker").list_hubs()
    assert refused.value.response["Error"]["Code"] == "UnknownOperationException"
    with pytest.raises(ClientError, match="localcloud does not have SageMaker BatchPutMetrics yet"):
        cloud.client("sagemaker-metrics").batch_put_metrics(TrialComponentName="x", MetricData=[_METRIC])


def test_a_body_too_deep_to_read_is_refused_as_one_that_is_not_json(cloud: TinyCloud) -> None:
    connection = HTTPConnection("127.0.0.1", cloud.port)
    connection.request("POST", "/", b"[" * 100_000, {"X-Amz-Target": "SageMaker.ListModels"})
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["__type"]) == (400, "SerializationException")
    connection.close()

"""Step Functions, SNS and SageMaker as the actions see them."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from dropforge.aws.clients import client
from dropforge.aws.sagemaker import ModelRegistry, SageMakerEndpoints
from dropforge.aws.sagemaker_runtime import RuntimePredictor
from dropforge.aws.sns import Topic
from dropforge.aws.stepfunctions import StateMachine
from dropforge.domain.errors import Absent, EndpointUnavailable, Refused
from dropforge.domain.notifications import Notification
from dropforge.ports import Endpoint, LiveModel

ROLE = "arn:aws:iam::123456789012:role/role"


def test_starting_the_same_name_again_is_not_an_error_and_not_a_second_execution() -> None:
    states = boto3.client("stepfunctions")
    definition = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
    arn = states.create_state_machine(name="m", definition=json.dumps(definition), roleArn=ROLE)[
        "stateMachineArn"
    ]
    machine = StateMachine(arn)

    machine.start("loan-1", {"a": 1})
    machine.start("loan-1", {"a": 2})

    assert len(states.list_executions(stateMachineArn=arn)["executions"]) == 1


def test_another_fault_of_a_start_escapes() -> None:
    with pytest.raises(ClientError):
        StateMachine("arn:aws:states:us-east-1:123456789012:stateMachine:none").start("a", {})


def test_a_notification_is_one_json_document_with_attributes_to_filter_by() -> None:
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    topic = sns.create_topic(Name="t")["TopicArn"]
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:q")

    Topic(topic).publish(Notification("run_refused", "loan", "ünïcödé\nmessage", {"run": "loan-1"}))

    envelope = json.loads(sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"])
    assert json.loads(envelope["Message"]) == {
        "kind": "run_refused",
        "usecase": "loan",
        "message": "ünïcödé\nmessage",
        "run": "loan-1",
    }
    assert envelope["MessageAttributes"]["kind"]["Value"] == "run_refused"
    assert envelope["Subject"].isascii()


def test_a_group_that_exists_is_left_as_it_is() -> None:
    registry = ModelRegistry()

    registry.ensure_group("dropforge-loan", "Models of loan", {"dropforge:usecase": "loan"})
    registry.ensure_group("dropforge-loan", "Models of loan", {"dropforge:usecase": "loan"})

    groups = boto3.client("sagemaker").list_model_package_groups()["ModelPackageGroupSummaryList"]
    assert [group["ModelPackageGroupName"] for group in groups] == ["dropforge-loan"]


def test_the_versions_of_a_group_are_listed_and_decided_about() -> None:
    registry, sagemaker = ModelRegistry(), boto3.client("sagemaker")
    registry.ensure_group("dropforge-loan", "Models of loan", {})
    for _ in range(2):
        sagemaker.create_model_package(ModelPackageGroupName="dropforge-loan")
    arns = [package["ModelPackageArn"] for package in registry.packages("dropforge-loan")]
    assert sorted(arn.rpartition("/")[2] for arn in arns) == ["1", "2"]

    registry.decide(arns[0], "Rejected", "")
    registry.decide(arns[1], "Approved", "looks well")

    found = {package["ModelPackageArn"]: package for package in registry.packages("dropforge-loan")}
    assert [found[arn]["ModelApprovalStatus"] for arn in arns] == ["Rejected", "Approved"]
    assert found[arns[1]]["ApprovalDescription"] == "looks well"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ValidationException", "ModelPackageGroup dropforge-bike does not exist."),
        ("ValidationException", "1 validation error detected: Value 'b i k e' failed to satisfy constraint"),
        ("ResourceNotFound", "gone"),
    ],
)
def test_a_group_that_is_not_there_is_absent_and_so_is_one_that_cannot_be(code: str, words: str) -> None:
    with Stubber(client("sagemaker")) as stub:
        stub.add_client_error("describe_model_package_group", code, words, 400)
        assert not ModelRegistry().has_group("dropforge-bike")
        stub.add_client_error("list_model_packages", code, words, 400)
        with pytest.raises(Absent):
            ModelRegistry().packages("dropforge-bike")


def test_another_fault_of_the_registry_escapes() -> None:
    with Stubber(client("sagemaker")) as stub:
        stub.add_client_error("describe_model_package_group", "AccessDeniedException", "no", 403)
        with pytest.raises(ClientError):
            ModelRegistry().has_group("dropforge-loan")


def test_who_brings_clients_of_its_own_is_served_by_these() -> None:
    """The command line has profiles, regions and endpoints that a function has not."""
    elsewhere = boto3.client("sagemaker", region_name="eu-central-1")
    elsewhere.create_model_package_group(ModelPackageGroupName="dropforge-loan")
    assert ModelRegistry(lambda _service: elsewhere).has_group("dropforge-loan")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ValidationException", "Model Package Group already exists: arn:aws:sagemaker:x"),
        ("ConflictException", "it is there"),
    ],
)
def test_both_ways_of_saying_that_a_group_exists_are_understood(code: str, words: str) -> None:
    with Stubber(client("sagemaker")) as stub:
        stub.add_client_error("create_model_package_group", code, words, 400)

        ModelRegistry().ensure_group("dropforge-loan", "d", {})

        stub.assert_no_pending_responses()


def test_an_endpoint_is_found_with_what_it_serves_and_its_tags() -> None:
    sagemaker = boto3.client("sagemaker")
    sagemaker.create_model(ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": "i"})
    sagemaker.create_endpoint_config(
        EndpointConfigName="c",
        ProductionVariants=[
            {
                "VariantName": "AllTraffic",
                "ModelName": "m",
                "InitialInstanceCount": 1,
                "InstanceType": "ml.m5.large",
            }
        ],
        Tags=[{"Key": "dropforge:replaces", "Value": "b"}],
    )
    sagemaker.create_endpoint(EndpointName="dropforge-loan", EndpointConfigName="c")
    endpoints = SageMakerEndpoints()

    found = endpoints.find("dropforge-loan")

    assert found is not None
    assert (found.config, found.answers) == ("c", True)
    assert endpoints.config_tags("c") == {"dropforge:replaces": "b"}


def test_an_endpoint_that_is_not_there_is_answered_with_none() -> None:
    with Stubber(client("sagemaker")) as stub:
        stub.add_client_error("describe_endpoint", "ValidationException", 'Could not find endpoint "x".', 400)

        assert SageMakerEndpoints().find("x") is None


CONFIG = {
    "EndpointConfigName": "c",
    "EndpointConfigArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/c",
}
CONFIG |= {"CreationTime": 0, "ProductionVariants": [{"VariantName": "AllTraffic", "ModelName": "m"}]}  # type: ignore[dict-item]
PACKAGE = "arn:aws:sagemaker:us-east-1:123456789012:model-package/dropforge-loan/3"
MODEL = {"ModelName": "m", "ModelArn": "arn:aws:sagemaker:us-east-1:123456789012:model/m", "CreationTime": 0}


def test_the_version_behind_an_endpoint_is_found_with_its_files_and_its_run() -> None:
    with Stubber(client("sagemaker")) as stub:
        stub.add_response("describe_endpoint_config", CONFIG, {"EndpointConfigName": "c"})
        stub.add_response(
            "describe_model", {**MODEL, "PrimaryContainer": {"ModelPackageName": PACKAGE}}, {"ModelName": "m"}
        )
        package = {
            "ModelPackageName": "dropforge-loan",
            "ModelPackageArn": PACKAGE,
            "ModelPackageVersion": 3,
            "CreationTime": 0,
            "ModelPackageStatus": "Completed",
            "ModelPackageStatusDetails": {"ValidationStatuses": []},
            "InferenceSpecification": {"Containers": [{"Image": "i", "ModelDataUrl": "s3://b/model.tar.gz"}]},
            "CustomerMetadataProperties": {"run": "loan-1"},
        }
        stub.add_response("describe_model_package", package, {"ModelPackageName": PACKAGE})

        live = SageMakerEndpoints().live_model(Endpoint("dropforge-loan", "Updating", "c"))

    assert live == LiveModel(PACKAGE, 3, "s3://b/model.tar.gz", "loan-1")


def test_an_endpoint_made_by_hand_serves_no_version() -> None:
    with Stubber(client("sagemaker")) as stub:
        stub.add_response("describe_endpoint_config", CONFIG)
        stub.add_response("describe_model", {**MODEL, "Containers": [{"Image": "i"}]})

        assert SageMakerEndpoints().live_model(Endpoint("dropforge-loan", "InService", "c")) is None


@pytest.mark.parametrize("status", ["Creating", "Failed", "Deleting"])
def test_an_endpoint_that_answers_nobody_serves_no_version(status: str) -> None:
    assert SageMakerEndpoints().live_model(Endpoint("dropforge-loan", status, "c")) is None


def test_another_fault_of_the_endpoint_escapes() -> None:
    with Stubber(client("sagemaker")) as stub:
        stub.add_client_error("describe_endpoint", "AccessDeniedException", "no", 403)

        with pytest.raises(ClientError):
            SageMakerEndpoints().find("x")


FAULTS: dict[str, tuple[dict[str, Any], type[Exception]]] = {
    "the model refuses the request": (
        {
            "service_error_code": "ModelError",
            "modeled_fields": {"OriginalStatusCode": 400, "OriginalMessage": "Age"},
        },
        Refused,
    ),
    "the endpoint is gone": (
        {"service_error_code": "ValidationError", "service_message": "not found"},
        Refused,
    ),
    "the model broke": (
        {"service_error_code": "ModelError", "modeled_fields": {"OriginalStatusCode": 500}},
        EndpointUnavailable,
    ),
    "the service is busy": ({"service_error_code": "ServiceUnavailable"}, EndpointUnavailable),
    "the calls are too many": ({"service_error_code": "ThrottlingException"}, EndpointUnavailable),
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_will_be_refused_again_is_told_from_what_may_pass(case: str) -> None:
    fault, expected = FAULTS[case]
    runtime = client("sagemaker-runtime")
    runtime.meta.events.register("before-call", lambda **_: None)
    with Stubber(runtime) as stub:
        stub.add_client_error("invoke_endpoint", **fault)

        with pytest.raises(expected):
            RuntimePredictor().predict("dropforge-loan", b"{}")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"error": "record 2, Age: \'x\' is not a number"}', "record 2, Age: 'x' is not a number"),
        ("<html>no</html>", "<html>no</html>"),
        ('["error"]', '["error"]'),
    ],
)
def test_what_the_server_said_is_told_in_its_own_words(body: str, said: str) -> None:
    runtime = client("sagemaker-runtime")
    with Stubber(runtime) as stub:
        fields = {"OriginalStatusCode": 400, "OriginalMessage": body}
        stub.add_client_error("invoke_endpoint", "ModelError", modeled_fields=fields)

        with pytest.raises(Refused) as refused:
            RuntimePredictor().predict("dropforge-loan", b"{}")
    assert refused.value.reason == f"endpoint dropforge-loan refused the records: {said}"


def test_an_image_is_known_by_its_tag_and_a_build_by_what_it_pushes() -> None:
    from dropforge.aws.codebuild import CodeBuildImages

    images = CodeBuildImages("dropforge-image", "123456789012.dkr.ecr.us-east-1.amazonaws.com/repo", "bucket")
    with Stubber(client("ecr")) as ecr, Stubber(client("codebuild")) as codebuild:
        asked = {"repositoryName": "repo", "imageIds": [{"imageTag": "abc"}]}
        ecr.add_client_error("describe_images", "ImageNotFoundException", "no", expected_params=asked)
        ecr.add_response("describe_images", {"imageDetails": [{"imageTags": ["abc"]}]}, asked)
        uri = images.uri("abc")
        codebuild.add_response(
            "start_build",
            {"build": {"id": "image:1"}},
            {
                "projectName": "dropforge-image",
                "sourceTypeOverride": "S3",
                "sourceLocationOverride": "bucket/image/abc.zip",
                "environmentVariablesOverride": [{"name": "IMAGE_URI", "value": uri, "type": "PLAINTEXT"}],
            },
        )
        codebuild.add_response(
            "batch_get_builds", {"builds": [{"buildStatus": "SUCCEEDED"}]}, {"ids": ["image:1"]}
        )

        assert [images.exists("abc"), images.exists("abc")] == [False, True]
        assert images.state(images.start("image/abc.zip", uri)) == "SUCCEEDED"

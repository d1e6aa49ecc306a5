"""Stacks on the local cloud: what fails is told and undone, and what goes leaves nothing behind."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from localcloud.tests.integration.localcloud_process import IMAGE, TinyCloud, settled
from localcloud.tests.integration.sockets import family, listeners
from localcloud.tests.patience import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": ["lambda.amazonaws.com", "sagemaker.amazonaws.com"]},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    },
}
CODE = """
import json, urllib.request

class OutOfMilk(Exception):
    pass

def handle(event, context):
    wanted = event["ResourceProperties"]
    if wanted.get("Ask") == "fail" and event["RequestType"] != "Delete":
        raise OutOfMilk("there is no milk")
    said = wanted.get("Said", "")
    answer = {
        "Status": "SUCCESS",
        "PhysicalResourceId": event.get("PhysicalResourceId", "the-thing"),
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": {"Told": event["RequestType"] + " " + said},
    }
    body = json.dumps(answer).encode()
    request = urllib.request.Request(event["ResponseURL"], body, {"content-type": ""}, method="PUT")
    urllib.request.urlopen(request)
"""
FUNCTION = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "Runtime": "python3.13",
        "Handler": "index.handle",
        "Timeout": 20,
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Code": {"ZipFile": CODE},
    },
}
# What a stack may leave in an account: the call that lists it, and the answer's member.
KEPT = (
    ("s3", "list_buckets", "Buckets"),
    ("sqs", "list_queues", "QueueUrls"),
    ("sns", "list_topics", "Topics"),
    ("sns", "list_subscriptions", "Subscriptions"),
    ("lambda", "list_functions", "Functions"),
    ("lambda", "list_layers", "Layers"),
    ("lambda", "list_event_source_mappings", "EventSourceMappings"),
    ("events", "list_rules", "Rules"),
    ("iam", "list_roles", "Roles"),
    ("iam", "list_policies", "Policies"),
    ("stepfunctions", "list_state_machines", "stateMachines"),
    ("dynamodb", "list_tables", "TableNames"),
    ("cloudwatch", "describe_alarms", "MetricAlarms"),
    ("logs", "describe_log_groups", "logGroups"),
    ("sagemaker", "list_models", "Models"),
    ("sagemaker", "list_endpoint_configs", "EndpointConfigs"),
    ("sagemaker", "list_endpoints", "Endpoints"),
    ("sagemaker", "list_model_package_groups", "ModelPackageGroupSummaryList"),
)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyCloud]:
    running = TinyCloud(tmp_path_factory.mktemp("stacks") / "state").start()
    yield running
    assert running.stop() == 0, running.log()


def account(cloud: TinyCloud) -> dict[str, set[str]]:
    """Everything in the account, by what lists it."""
    found = {}
    for service, method, member in KEPT:
        scope = {"Scope": "Local"} if method == "list_policies" else {}
        listed = getattr(cloud.client(service), method)(**scope).get(member, [])
        found[f"{service} {member}"] = {_name(each) for each in listed}
    return found


def _name(each: Any) -> str:
    if isinstance(each, str):
        return each
    return next(str(value) for key, value in each.items() if key.lower().endswith(("name", "arn", "uuid")))


def applied(cloud: TinyCloud, stack: str, resources: dict[str, Any], method: str = "create_stack") -> str:
    body = json.dumps({"Resources": resources, "Outputs": outputs(resources)})
    getattr(cloud.client("cloudformation"), method)(
        StackName=stack, TemplateBody=body, Capabilities=["CAPABILITY_IAM"]
    )
    return settled(cloud.client("cloudformation"), stack)


def outputs(resources: dict[str, Any]) -> dict[str, Any]:
    return {"Told": {"Value": {"Fn::GetAtt": ["Thing", "Told"]}}} if "Thing" in resources else {}


def said_by(cloud: TinyCloud, stack: str) -> str:
    found = cloud.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    return str(found[0]["OutputValue"])


def gone(cloud: TinyCloud, stack: str) -> None:
    cloud.client("cloudformation").delete_stack(StackName=stack)
    assert settled(cloud.client("cloudformation"), stack) in ("GONE", "DELETE_COMPLETE")


def failures(cloud: TinyCloud, stack: str) -> dict[str, str]:
    events = cloud.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    return {
        e["LogicalResourceId"]: e.get("ResourceStatusReason", "")
        for e in events
        if e["ResourceStatus"].endswith("_FAILED")
    }


def thing(**properties: str) -> dict[str, Any]:
    token = {"ServiceToken": {"Fn::GetAtt": ["Maker", "Arn"]}}
    return {"Type": "Custom::Thing", "Properties": {**token, **properties}}


def test_a_custom_resource_lives_and_goes_with_its_stack(cloud: TinyCloud) -> None:
    """Its function makes, changes and removes it through the response URL."""
    before = account(cloud)
    made = {"Role": ROLE, "Maker": FUNCTION, "Thing": thing(Said="one")}
    assert applied(cloud, "custom", made) == "CREATE_COMPLETE"
    assert said_by(cloud, "custom") == "Create one"
    changed = {**made, "Thing": thing(Said="two")}
    assert applied(cloud, "custom", changed, "update_stack") == "UPDATE_COMPLETE"
    assert said_by(cloud, "custom") == "Update two"
    gone(cloud, "custom")
    assert left_over(before, account(cloud)) == {}


def left_over(before: dict[str, set[str]], after: dict[str, set[str]]) -> dict[str, set[str]]:
    # A function's own log group is not a resource of the stack: on AWS it stays too.
    found = {kind: names - before[kind] for kind, names in after.items()}
    found["logs logGroups"] = {n for n in found["logs logGroups"] if not n.startswith("/aws/lambda/")}
    return {kind: names for kind, names in found.items() if names}


def test_a_failing_create_is_undone_and_says_what_failed(cloud: TinyCloud) -> None:
    """The custom resource's own words, at once, and nothing stays of what was made before it."""
    before, begun = account(cloud), time.monotonic()
    bucket, queue = {"Type": "AWS::S3::Bucket"}, {"Type": "AWS::SQS::Queue"}
    made = {"Role": ROLE, "Maker": FUNCTION, "Bucket": bucket, "Queue": queue, "Thing": thing(Ask="fail")}
    assert applied(cloud, "failing", made) == "ROLLBACK_COMPLETE"
    assert time.monotonic() - begun < 60
    assert "OutOfMilk: there is no milk" in failures(cloud, "failing")["Thing"]
    assert left_over(before, account(cloud)) == {}
    gone(cloud, "failing")


def test_a_failing_update_goes_back_to_what_was(cloud: TinyCloud) -> None:
    """The stack keeps its resources and their state; the new ones are gone."""
    made = {"Role": ROLE, "Maker": FUNCTION, "Thing": thing(Said="one")}
    assert applied(cloud, "back", made) == "CREATE_COMPLETE"
    before = account(cloud)
    changed = {**made, "Queue": {"Type": "AWS::SQS::Queue"}, "Thing": thing(Ask="fail")}
    assert applied(cloud, "back", changed, "update_stack") == "UPDATE_ROLLBACK_COMPLETE"
    assert "OutOfMilk" in failures(cloud, "back")["Thing"]
    assert left_over(before, account(cloud)) == {}
    gone(cloud, "back")


def named(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


TAKEN = {
    "Table": named(
        "AWS::DynamoDB::Table",
        TableName="taken",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    ),
    "Queue": named("AWS::SQS::Queue", QueueName="taken"),
    "Topic": named("AWS::SNS::Topic", TopicName="taken"),
    "Role": named("AWS::IAM::Role", RoleName="taken", **ROLE["Properties"]),
}


def test_a_name_that_is_taken_fails_the_stack_and_leaves_its_owner(cloud: TinyCloud) -> None:
    """What another stack has made keeps what is in it, and does not go with the stack that failed."""
    table = cloud.client("dynamodb")
    assert applied(cloud, "owner", TAKEN) == "CREATE_COMPLETE", failures(cloud, "owner")
    table.put_item(TableName="taken", Item={"id": {"S": "kept"}})
    before = account(cloud)
    for number, (name, resource) in enumerate(TAKEN.items()):
        thief = f"thief-{number}"
        assert applied(cloud, thief, {name: resource}) == "ROLLBACK_COMPLETE"
        reason = f"Resource of type '{resource['Type']}' with identifier 'taken' already exists."
        assert failures(cloud, thief)[name] == reason
        gone(cloud, thief)
    assert account(cloud) == before
    assert table.get_item(TableName="taken", Key={"id": {"S": "kept"}})["Item"]
    gone(cloud, "owner")


@pytest.mark.parametrize(
    "properties",
    [
        {"Properties": {"QueueName": {"Ref": "Nothing"}}},
        {"Properties": {"QueueName": {"Fn::Sub": "a-${Nothing}"}}},
        {"DependsOn": "Nothing"},
    ],
)
def test_a_reference_to_nothing_is_refused(cloud: TinyCloud, properties: dict[str, Any]) -> None:
    """In AWS's words, before there is a stack."""
    body = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue", **properties}}})
    with pytest.raises(ClientError, match=r"Unresolved resource dependencies \[Nothing\] in the Resources"):
        cloud.client("cloudformation").create_stack(StackName="nothing", TemplateBody=body)
    with pytest.raises(ClientError, match="does not exist"):
        cloud.client("cloudformation").describe_stacks(StackName="nothing")


def model(environment: dict[str, str]) -> dict[str, Any]:
    container = {"Image": IMAGE, "Environment": environment}
    role = {"Fn::GetAtt": ["Role", "Arn"]}
    return {
        "Type": "AWS::SageMaker::Model",
        "Properties": {"ExecutionRoleArn": role, "PrimaryContainer": container},
    }


def config() -> dict[str, Any]:
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": "1",
        "InitialVariantWeight": 1,
    }
    return {"Type": "AWS::SageMaker::EndpointConfig", "Properties": {"ProductionVariants": [variant]}}


def test_sagemaker_resources_are_made_replaced_and_removed(cloud: TinyCloud) -> None:
    """Model and EndpointConfig cannot be changed, so an update makes new ones and removes the old."""
    before, sagemaker = account(cloud), cloud.client("sagemaker")
    made = {"Role": ROLE, "Model": model({"A": "1"}), "Config": config()}
    assert applied(cloud, "ml", made) == "CREATE_COMPLETE", failures(cloud, "ml")
    first = [m["ModelName"] for m in sagemaker.list_models()["Models"]]
    changed = {**made, "Model": model({"A": "2"})}
    assert applied(cloud, "ml", changed, "update_stack") == "UPDATE_COMPLETE", failures(cloud, "ml")
    second = [m["ModelName"] for m in sagemaker.list_models()["Models"]]
    assert len(first) == len(second) == 1
    assert first != second
    named = sagemaker.list_endpoint_configs()["EndpointConfigs"][0]["EndpointConfigName"]
    variants = sagemaker.describe_endpoint_config(EndpointConfigName=named)["ProductionVariants"]
    assert variants[0]["ModelName"] == second[0]
    gone(cloud, "ml")
    assert left_over(before, account(cloud)) == {}


def test_an_operation_that_is_not_there_is_named(cloud: TinyCloud) -> None:
    """A type whose operation the SageMaker service lacks fails with the operation's name."""
    pipeline = {
        "Type": "AWS::SageMaker::Pipeline",
        "Properties": {
            "PipelineName": "p",
            "PipelineDefinition": {"PipelineDefinitionBody": "{}"},
            "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        },
    }
    assert applied(cloud, "lacking", {"Role": ROLE, "Pipeline": pipeline}) == "ROLLBACK_COMPLETE"
    assert "CreatePipeline" in failures(cloud, "lacking")["Pipeline"]
    gone(cloud, "lacking")


def test_everything_listens_on_this_machine_only(cloud: TinyCloud) -> None:
    """The cloud and all that it started, while a function runs."""
    cloud.invoke({})
    assert cloud.process is not None
    found = listeners(family(cloud.process.pid))
    assert {address for address, _ in found} == {"127.0.0.1"}
    assert cloud.port in {port for _, port in found}


def test_a_function_and_a_job_are_told_why_they_cannot_reach_aws(cloud: TinyCloud) -> None:
    """https://sts.amazonaws.com is refused at once by the fence, in both."""
    begun = time.monotonic()
    error, answer = cloud.invoke({"ask": "aws"})
    assert error == "Unhandled"
    assert answer["errorType"] == "OutsideRefused"
    assert "sts.amazonaws.com" in answer["errorMessage"]
    assert "127.0.0.1 only" in answer["errorMessage"]
    assert "fence refused" in cloud.invoke({"ask": "boto3"})[1]["errorMessage"]
    assert time.monotonic() - begun < 60
    job = cloud.run("JobMachine", {"name": f"outside-{int(time.time())}", "do": "aws"})
    assert job["status"] == "FAILED"
    assert "fence" in job["cause"]
    assert "sts.amazonaws.com" in job["cause"]


def test_the_whole_application_leaves_nothing_behind(cloud: TinyCloud) -> None:
    """Every kind of resource of the tiny application goes with its stack, processes included."""
    cloud.invoke({})
    assert cloud.process is not None
    bucket = cloud.outputs["Bucket"]
    for version in cloud.client("s3").list_object_versions(Bucket=bucket).get("Versions", []):
        cloud.client("s3").delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
    gone(cloud, "tiny")
    left = left_over({kind: set() for kind in account(cloud)}, account(cloud))
    # What was packaged, and the layer: SAM gives it DeletionPolicy Retain, on AWS too.
    kept = {"s3 Buckets": {"localcloud-artifacts-000000000000-us-east-1"}, "lambda Layers": {"Layer"}}
    assert left == kept
    eventually(lambda: len(family(cloud.process.pid)) == 1)

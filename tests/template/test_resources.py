"""What the template promises of every resource of a kind, so that the next one added keeps it too."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.template.stack import ROOT, actions, of_type, properties, source, statements, translated

FUNCTIONS = sorted(of_type("AWS::Lambda::Function"))
RULES = sorted(of_type("AWS::Events::Rule"))
ROLES = sorted(of_type("AWS::IAM::Role"))
ENCRYPTED = {
    "AWS::SQS::Queue": "KmsMasterKeyId",
    "AWS::SNS::Topic": "KmsMasterKeyId",
    "AWS::Logs::LogGroup": "KmsKeyId",
    "AWS::S3::Bucket": "BucketEncryption",
    "AWS::DynamoDB::Table": "SSESpecification",
}
# What AWS knows no resource-level permission for; each has its comment in the template.
WHOLE_ACCOUNT = {"DeliverLogs", "FindEndpoint", "LogInToRegistry", "WriteMetrics"}


def test_every_function_folder_is_deployed_and_nothing_else() -> None:
    deployed = {
        resource["Properties"]["CodeUri"]
        for resource in source()["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    folders = {f"functions/{path.parent.name}/" for path in (ROOT / "functions").glob("*/handler.py")}

    assert deployed == folders


@pytest.mark.parametrize("kind", ENCRYPTED)
def test_everything_that_keeps_data_is_encrypted(kind: str) -> None:
    found = of_type(kind)

    assert found
    assert [name for name, resource in found.items() if ENCRYPTED[kind] not in resource["Properties"]] == []


@pytest.mark.parametrize("name", sorted(of_type("AWS::S3::Bucket")))
def test_every_bucket_is_private_versioned_tls_only_and_forgets_on_schedule(name: str) -> None:
    bucket = properties(name)

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"]["Status"] == "Enabled"
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert bucket["LifecycleConfiguration"]["Rules"]
    assert translated()["Resources"][name]["DeletionPolicy"] == "Retain"
    assert _denies_without_tls("AWS::S3::BucketPolicy", "Bucket", name)


@pytest.mark.parametrize(("kind", "policy", "field"), [
    ("AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "Queues"),
    ("AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "Topics"),
])  # fmt: skip
def test_every_queue_and_topic_takes_tls_only(kind: str, policy: str, field: str) -> None:
    for name in of_type(kind):
        assert _denies_without_tls(policy, field, name), name


def _denies_without_tls(kind: str, field: str, name: str) -> bool:
    for policy in of_type(kind).values():
        targets = policy["Properties"][field]
        if {"Ref": name} not in (targets if isinstance(targets, list) else [targets]):
            continue
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Deny" and "SecureTransport" in json.dumps(statement["Condition"]):
                return True
    return False


@pytest.mark.parametrize("name", RULES)
def test_every_rules_target_is_retried_and_has_a_dead_letter_queue(name: str) -> None:
    for target in properties(name)["Targets"]:
        assert target["RetryPolicy"]["MaximumRetryAttempts"] > 0
        assert target["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": ["UndeliveredEvents", "Arn"]}


@pytest.mark.parametrize("name", RULES)
def test_every_function_that_a_rule_calls_keeps_what_it_failed_on(name: str) -> None:
    (target,) = properties(name)["Targets"]
    function = target["Arn"]["Fn::GetAtt"][0]
    configured = {
        config["Properties"]["FunctionName"]["Ref"]: config["Properties"]
        for config in of_type("AWS::Lambda::EventInvokeConfig").values()
    }

    assert configured[function]["DestinationConfig"]["OnFailure"]["Destination"] == {
        "Fn::GetAtt": ["UnhandledEvents", "Arn"]
    }
    assert configured[function]["MaximumRetryAttempts"] >= 1


@pytest.mark.parametrize("name", sorted(of_type("AWS::SQS::Queue")))
def test_every_dead_letter_queue_has_an_alarm_that_tells_the_topic(name: str) -> None:
    alarms = [
        alarm["Properties"]
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
        if alarm["Properties"]["Dimensions"]
        == [{"Name": "QueueName", "Value": {"Fn::GetAtt": [name, "QueueName"]}}]
    ]

    assert [alarm["AlarmActions"] for alarm in alarms] == [[{"Ref": "NotificationsTopic"}]]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_a_role_of_its_own_a_log_group_tracing_and_a_limit(name: str) -> None:
    function = properties(name)
    roles = [properties(other)["Role"]["Fn::GetAtt"][0] for other in FUNCTIONS]

    assert roles.count(function["Role"]["Fn::GetAtt"][0]) == 1
    assert function["TracingConfig"] == {"Mode": "Active"}
    group = properties(function["LoggingConfig"]["LogGroup"]["Ref"])
    assert group["RetentionInDays"]
    assert function["Timeout"] <= 900
    assert function["Runtime"] == "python3.13"


@pytest.mark.parametrize("name", ROLES)
def test_no_role_may_do_anything_by_wildcard(name: str) -> None:
    for statement in statements(name):
        assert [action for action in actions(statement) if "*" in action] == []
        if statement["Resource"] == "*":
            assert statement.get("Sid") in WHOLE_ACCOUNT, statement


@pytest.mark.parametrize("name", ROLES)
def test_every_role_can_be_bounded(name: str) -> None:
    assert properties(name)["PermissionsBoundary"]["Fn::If"][0] == "HasBoundary"


@pytest.mark.parametrize("name", ROLES)
def test_a_role_is_passed_to_sagemaker_alone(name: str) -> None:
    for statement in statements(name):
        if "iam:PassRole" in actions(statement):
            assert statement["Condition"] == {
                "StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}
            }
            assert statement["Resource"] == {"Fn::GetAtt": ["JobRole", "Arn"]}


ENVIRONMENT: dict[str, Any] = {
    name: properties(name)["Environment"]["Variables"]
    for name in FUNCTIONS
    if "Environment" in properties(name)
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_the_settings_that_it_checks(name: str) -> None:
    from dataclasses import fields

    from dropforge.edge import settings

    kinds = {
        "StartTraining": settings.TrainingSettings,
        "StartDeployment": settings.DeploymentSettings,
        "AnswerAlarm": settings.DeploymentSettings,
        "StartInference": settings.InferenceSettings,
        "BuildImage": settings.ImageSettings,
    }

    wanted = {field.name.upper() for field in fields(kinds.get(name, settings.Settings))}

    assert wanted <= ENVIRONMENT[name].keys()


def test_the_outputs_are_the_ones_that_users_rely_on() -> None:
    assert set(source()["Outputs"]) == {
        "DataBucket",
        "TrainingStateMachineArn",
        "DeploymentStateMachineArn",
        "InferenceStateMachineArn",
        "NotificationsTopicArn",
        "ImageUri",
    }


def test_there_is_no_inline_code() -> None:
    text = (ROOT / "template.yaml").read_text()

    assert "InlineCode" not in text
    assert "ZipFile" not in text
    assert "Definition:" not in text


def test_what_builds_the_image_is_only_there_where_no_image_was_given() -> None:
    for name in (
        "Image",
        "BuildImage",
        "BuildImageRole",
        "ImageRepository",
        "ImageProject",
        "ImageProjectRole",
    ):
        assert translated()["Resources"][name]["Condition"] == "BuildsImage"

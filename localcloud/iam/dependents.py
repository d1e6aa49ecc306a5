"""What a call needs beside its own action: a role passed on, a key that its resource is encrypted with, tags.

Keys: every object of a bucket is taken to be encrypted as the bucket says, and not as its own upload did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from localcloud.iam.directory import Directory
from localcloud.iam.questions import Question

_READ, _WRITE = ("kms:Decrypt",), ("kms:GenerateDataKey",)
# Action -> what it does with the key that its resource is encrypted with.
_KEYS: dict[str, tuple[str, ...]] = {
    "s3:GetObject": _READ,
    "s3:GetObjectVersion": _READ,
    "s3:PutObject": _WRITE,
    "sns:Publish": _WRITE + _READ,
    "sqs:SendMessage": _WRITE + _READ,
    "sqs:ReceiveMessage": _READ,
    **{
        f"dynamodb:{name}": _READ
        for name in [
            "GetItem",
            "PutItem",
            "UpdateItem",
            "DeleteItem",
            "Query",
            "Scan",
            "BatchGetItem",
            "BatchWriteItem",
        ]
    },
}
# Action -> the parameters that name roles, and who will take them on.
_Roles = tuple[tuple[str, ...], str]
_ROLES: dict[str, _Roles] = {
    "states:CreateStateMachine": (("roleArn",), "states.amazonaws.com"),
    "states:UpdateStateMachine": (("roleArn",), "states.amazonaws.com"),
    "lambda:CreateFunction": (("Role",), "lambda.amazonaws.com"),
    "lambda:UpdateFunctionConfiguration": (("Role",), "lambda.amazonaws.com"),
    "events:PutTargets": (("Targets.RoleArn",), "events.amazonaws.com"),
    "events:PutRule": (("RoleArn",), "events.amazonaws.com"),
    "scheduler:CreateSchedule": (("Target.RoleArn",), "scheduler.amazonaws.com"),
    "scheduler:UpdateSchedule": (("Target.RoleArn",), "scheduler.amazonaws.com"),
    "pipes:CreatePipe": (("RoleArn",), "pipes.amazonaws.com"),
    "codebuild:CreateProject": (("serviceRole",), "codebuild.amazonaws.com"),
    "codebuild:UpdateProject": (("serviceRole",), "codebuild.amazonaws.com"),
    "cloudformation:CreateStack": (("RoleARN",), "cloudformation.amazonaws.com"),
    "cloudformation:UpdateStack": (("RoleARN",), "cloudformation.amazonaws.com"),
    "cloudformation:CreateChangeSet": (("RoleARN",), "cloudformation.amazonaws.com"),
    "ecs:RegisterTaskDefinition": (("taskRoleArn", "executionRoleArn"), "ecs-tasks.amazonaws.com"),
    "firehose:CreateDeliveryStream": (
        ("ExtendedS3DestinationConfiguration.RoleARN",),
        "firehose.amazonaws.com",
    ),
    "glue:CreateJob": (("Role",), "glue.amazonaws.com"),
}
_SAGEMAKER_ROLES: _Roles = (
    ("RoleArn", "ExecutionRoleArn", "TrainingJobDefinition.RoleArn"),
    "sagemaker.amazonaws.com",
)


def of_call(question: Question, directory: Directory) -> Iterator[Question]:
    """What follows from a question; nothing for most."""
    yield from _passed_roles(question)
    yield from _new_tags(question)
    if actions := _KEYS.get(question.action):
        yield from _keys(question, actions, directory)


def _passed_roles(question: Question) -> Iterator[Question]:
    of_sagemaker = question.action.startswith("sagemaker:")
    paths, taker = _SAGEMAKER_ROLES if of_sagemaker else _ROLES.get(question.action, ((), ""))
    for path in paths:
        for role in _found(question.parameters, path.split(".")):
            yield Question("iam:PassRole", role, {"iam:passedtoservice": taker})


def _found(value: Any, path: list[str]) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _found(item, path)
    elif path and isinstance(value, Mapping):
        yield from _found(value.get(path[0]), path[1:])
    elif isinstance(value, str) and value and not path:
        yield value


def _new_tags(question: Question) -> Iterator[Question]:
    """SageMaker asks for AddTags where something is created with tags."""
    if question.action.startswith("sagemaker:Create") and question.parameters.get("Tags"):
        yield Question("sagemaker:AddTags", question.resource, question.context)


def _keys(question: Question, actions: tuple[str, ...], directory: Directory) -> Iterator[Question]:
    key = directory.key_of(question.resource)
    if key is None:
        return
    service = question.action.partition(":")[0]
    context = {
        "kms:viaservice": f"{service}.{directory.region}.amazonaws.com",
        "kms:calleraccount": directory.account,
    }
    source = {k: v for k, v in question.context.items() if k in ("aws:sourcearn", "aws:sourceaccount")}
    for action in actions:
        yield Question(action, key, {**context, **source})

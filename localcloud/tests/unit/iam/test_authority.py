"""Decisions as a whole: who, what else a call needs, resource policies, and what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from localcloud.iam import sagemaker
from localcloud.iam.authority import Authority, again
from localcloud.iam.directory import Guarded
from localcloud.iam.policies import Document, Grants, policy
from localcloud.iam.principals import Principal, root, service, session
from localcloud.iam.questions import Question
from localcloud.iam.records import Records, read

ACCOUNT, REGION = "000000000000", "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/worker"
JOBS = f"arn:aws:iam::{ACCOUNT}:role/jobs"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
OBJECT = "arn:aws:s3:::data/a.csv"
SAGEMAKER = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:t"
WHO = session(ROLE, "now")
ACCOUNT_DECIDES = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*"}


class Town:
    """A directory of a few things."""

    account, region = ACCOUNT, REGION

    def __init__(self, *statements: dict[str, Any]) -> None:
        self.own = policy("own", {"Statement": list(statements)})
        self.guards: dict[str, Guarded] = {KEY: guarded(ACCOUNT_DECIDES, must_agree=True)}
        self.keys: dict[str, str] = {}
        self.trusts: dict[str, Document] = {}
        self.all_tags: dict[str, dict[str, str]] = {}

    def caller(self, access_key: str, session_token: str | None) -> Principal:
        raise NotImplementedError

    def grants(self, who: Principal) -> Grants:
        return Grants((self.own,)) if who.kind == "role" else Grants()

    def guard(self, resource: str) -> Guarded | None:
        return self.guards.get(resource)

    def tags(self, resource: str) -> Mapping[str, str]:
        return self.all_tags.get(resource, {})

    def trust(self, role_arn: str) -> Document | None:
        return self.trusts.get(role_arn)

    def key_of(self, resource: str) -> str | None:
        return self.keys.get(resource)


def guarded(*statements: dict[str, Any], must_agree: bool = False) -> Guarded:
    listed = [{"Resource": "*", **statement} for statement in statements]
    return Guarded({"Statement": listed}, must_agree)


def allow(*actions: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}


def authority(town: Town, folder: Path) -> Authority:
    return Authority(town, Records(folder))


def refused(town: Town, folder: Path, question: Question, who: Principal = WHO) -> str | None:
    denial = authority(town, folder).refusal(who, [question])
    return denial.message if denial else None


def test_a_denial_reads_as_awss(tmp_path: Path) -> None:
    assert refused(Town(), tmp_path, Question("s3:GetObject", OBJECT)) == (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/worker/now is not authorized to perform: s3:GetObject "
        f"on resource: {OBJECT} because no identity-based policy allows the s3:GetObject action"
    )


@pytest.mark.parametrize(
    ("action", "asks"),
    [
        ("s3:GetObject", ["kms:Decrypt"]),
        ("s3:PutObject", ["kms:GenerateDataKey"]),
        ("sns:Publish", ["kms:GenerateDataKey", "kms:Decrypt"]),
        ("sqs:SendMessage", ["kms:GenerateDataKey", "kms:Decrypt"]),
        ("sqs:ReceiveMessage", ["kms:Decrypt"]),
        ("dynamodb:GetItem", ["kms:Decrypt"]),
        ("s3:ListBucket", []),
    ],
)
def test_what_is_encrypted_needs_its_key(tmp_path: Path, action: str, asks: list[str]) -> None:
    service_name = action.partition(":")[0]
    via = {"StringEquals": {"kms:ViaService": f"{service_name}.{REGION}.amazonaws.com"}}
    town = Town(allow(action), allow(*asks or ["none:Such"], Condition=via))
    town.keys[OBJECT] = KEY
    decider = authority(town, tmp_path)
    assert decider.refusal(WHO, [Question(action, OBJECT)]) is None
    assert [d.action for d in decider.records.listed()] == [action, *asks]
    for missing in asks:
        less = Town(allow(action, *(a for a in asks if a != missing)))
        less.keys[OBJECT] = KEY
        assert f"to perform: {missing} on resource: {KEY}" in str(
            refused(less, tmp_path, Question(action, OBJECT))
        )


@pytest.mark.parametrize(
    ("action", "parameters", "taker"),
    [
        ("sagemaker:CreateTrainingJob", {"RoleArn": JOBS}, "sagemaker.amazonaws.com"),
        ("sagemaker:CreateProcessingJob", {"RoleArn": JOBS}, "sagemaker.amazonaws.com"),
        ("sagemaker:CreateModel", {"ExecutionRoleArn": JOBS}, "sagemaker.amazonaws.com"),
        (
            "sagemaker:CreateHyperParameterTuningJob",
            {"TrainingJobDefinition": {"RoleArn": JOBS}},
            "sagemaker.amazonaws.com",
        ),
        ("states:CreateStateMachine", {"roleArn": JOBS}, "states.amazonaws.com"),
        ("lambda:CreateFunction", {"Role": JOBS}, "lambda.amazonaws.com"),
        ("events:PutTargets", {"Targets": [{"Id": "1"}, {"RoleArn": JOBS}]}, "events.amazonaws.com"),
        ("scheduler:CreateSchedule", {"Target": {"RoleArn": JOBS}}, "scheduler.amazonaws.com"),
    ],
)
def test_a_role_is_passed_on_only_where_that_is_allowed(
    tmp_path: Path, action: str, parameters: dict[str, Any], taker: str
) -> None:
    question = Question(action, "*", {}, parameters)
    for service_name, allowed in ((taker, True), ("ec2.amazonaws.com", False)):
        condition = {"StringEquals": {"iam:PassedToService": service_name}}
        town = Town(allow(action), {**allow("iam:PassRole", Condition=condition), "Resource": JOBS})
        said = refused(town, tmp_path, question)
        assert (said is None) is allowed
    assert f"to perform: iam:PassRole on resource: {JOBS}" in str(said)


@pytest.mark.parametrize(
    ("action", "payload", "resources"),
    [
        ("CreateTrainingJob", {"TrainingJobName": "t", "RoleArn": JOBS}, ["training-job/t"]),
        ("StopProcessingJob", {"ProcessingJobName": "p"}, ["processing-job/p"]),
        ("UpdateEndpoint", {"EndpointName": "e", "EndpointConfigName": "c"},
         ["endpoint/e", "endpoint-config/c"]),
        ("CreateModelPackage", {"ModelPackageGroupName": "g"},
         ["model-package-group/g", "model-package/g/*"]),
        ("DescribeModelPackage", {"ModelPackageName": f"{SAGEMAKER}model-package/g/1"},
         ["model-package/g/1"]),
        ("DescribeAutoMLJob", {"AutoMLJobName": "a"}, ["automl-job/a"]),
        ("ListTrainingJobsForHyperParameterTuningJob", {"HyperParameterTuningJobName": "h"},
         ["hyper-parameter-tuning-job/h"]),
    ],
)  # fmt: skip
def test_sagemakers_resources_are_named_by_their_kind(
    action: str, payload: dict[str, Any], resources: list[str]
) -> None:
    asked = sagemaker.questions(action, payload, ACCOUNT, REGION)
    assert [q.resource for q in asked] == [SAGEMAKER + name for name in resources]
    assert {q.action for q in asked} == {f"sagemaker:{action}"}


def test_lists_name_no_resource_and_tags_name_theirs() -> None:
    arn = f"{SAGEMAKER}endpoint/e"
    for action, payload, resource in (
        ("ListEndpoints", {"NameContains": "e"}, "*"),
        ("ListTags", {"ResourceArn": arn}, arn),
    ):
        assert [q.resource for q in sagemaker.questions(action, payload, ACCOUNT, REGION)] == [resource]


def test_creating_with_tags_needs_add_tags(tmp_path: Path) -> None:
    payload = {"ModelName": "m", "Tags": [{"Key": "team", "Value": "a"}]}
    (question,) = sagemaker.questions("CreateModel", payload, ACCOUNT, REGION)
    assert "sagemaker:AddTags" in str(refused(Town(allow("sagemaker:CreateModel")), tmp_path, question))
    assert refused(Town(allow("sagemaker:CreateModel", "sagemaker:AddTags")), tmp_path, question) is None
    only = {"StringEquals": {"aws:RequestTag/team": "b"}}
    assert refused(Town(allow("sagemaker:*", Condition=only)), tmp_path, question)


def test_the_tags_of_a_resource_count(tmp_path: Path) -> None:
    town = Town(allow("s3:GetObject", Condition={"StringEquals": {"aws:ResourceTag/Team": "a"}}))
    assert refused(town, tmp_path, Question("s3:GetObject", OBJECT))
    town.all_tags[OBJECT] = {"team": "a"}
    assert refused(town, tmp_path, Question("s3:GetObject", OBJECT)) is None


@pytest.mark.parametrize(("source", "allowed"), [(TOPIC, True), (f"{TOPIC}2", False)])
def test_a_service_is_held_to_the_source_that_a_policy_names(
    tmp_path: Path, source: str, allowed: bool
) -> None:
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"
    town = Town()
    condition = {"ArnEquals": {"aws:SourceArn": TOPIC}}
    statement = allow("sqs:SendMessage", Principal={"Service": "sns.amazonaws.com"}, Condition=condition)
    town.guards[queue] = guarded(statement)
    question = Question("sqs:SendMessage", queue, {"aws:sourcearn": source})
    assert authority(town, tmp_path).of_service("sns.amazonaws.com", question).allowed is allowed


def test_a_service_needs_the_key_of_an_encrypted_queue(tmp_path: Path) -> None:
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"
    town = Town()
    town.keys[queue] = KEY
    principal = {"Service": "events.amazonaws.com"}
    town.guards[queue] = guarded(allow("sqs:SendMessage", Principal=principal))
    question = Question("sqs:SendMessage", queue)
    denied = authority(town, tmp_path).of_service("events.amazonaws.com", question)
    assert (denied.allowed, denied.action) == (False, "kms:GenerateDataKey")
    town.guards[KEY] = guarded(allow("kms:*", Principal=principal), must_agree=True)
    assert authority(town, tmp_path).of_service("events.amazonaws.com", question).allowed


def test_a_trust_policy_says_who_takes_a_role_on(tmp_path: Path) -> None:
    town = Town(allow("sts:AssumeRole"))
    decider = authority(town, tmp_path)
    assert not decider.may_assume(JOBS, "sagemaker.amazonaws.com").allowed
    condition = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    trusting = {"Effect": "Allow", "Action": "sts:AssumeRole", "Condition": condition}
    town.trusts[JOBS] = {"Statement": [{**trusting, "Principal": {"Service": "sagemaker.amazonaws.com"}}]}
    assert decider.may_assume(JOBS, "sagemaker.amazonaws.com").allowed
    assert not decider.may_assume(JOBS, "lambda.amazonaws.com").allowed
    assert refused(town, tmp_path, Question("sts:AssumeRole", JOBS))
    town.trusts[JOBS] = {
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ROLE}}]
    }
    assert refused(town, tmp_path, Question("sts:AssumeRole", JOBS)) is None


def test_everybody_may_ask_who_they_are_and_services_do_their_own_work(tmp_path: Path) -> None:
    assert refused(Town(), tmp_path, Question("sts:GetCallerIdentity", "*")) is None
    own = service("sagemaker.amazonaws.com", ACCOUNT)
    assert refused(Town(), tmp_path, Question("cloudwatch:PutMetricData", "*"), own) is None
    assert refused(Town(), tmp_path, Question("s3:GetObject", OBJECT), root(ACCOUNT)) is None


def test_every_decision_is_kept_and_can_be_made_again(tmp_path: Path) -> None:
    town = Town(allow("s3:GetObject", Sid="Read"))
    decider = authority(town, tmp_path)
    decider.records.start()
    decider.refusal(WHO, [Question("s3:GetObject", OBJECT, {"s3:versionid": "1"})])
    decider.refusal(WHO, [Question("s3:PutObject", OBJECT)])
    decider.records.stop()
    first, second = read(tmp_path)
    assert (first.allowed, first.statement, first.identity) == (True, "own/Read", ROLE)
    assert (second.allowed, second.action, second.statement) == (False, "s3:PutObject", "")
    assert [d.action for d in decider.records.listed(denied=True)] == ["s3:PutObject"]
    assert again(first, Grants((town.own,)))
    assert not again(first, Grants())

"""Every permission of the template's roles is needed: without it a run fails, and the failure says which.

Six are taken away for real. For every other one, the calls that the loop made are decided again, against the
policies of the role without it: one must be denied then. What the loop need not ask for is listed.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from localcloud.iam.authority import again
from localcloud.iam.policies import Grants, policy
from localcloud.iam.records import Decision, read
from tests.e2e.conftest import Demonstrated
from tests.e2e.laptop import Laptop, loan_contract

pytestmark = pytest.mark.e2e
Documents = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Role:
    """A role of the stack, by its name in the template."""

    logical: str
    name: str
    arn: str
    documents: Documents

    def permissions(self) -> Iterator[tuple[str, str, str]]:
        """Policy, statement and action of everything it may do."""
        for name, document in self.documents.items():
            for statement in document["Statement"]:
                for action in listed(statement["Action"]):
                    yield name, statement["Sid"], action

    def without(self, action: str, only: str | None = None) -> Documents:
        """Its policies without an action: in one statement, or in all."""
        return {name: reduced(document, action, only) for name, document in self.documents.items()}


def listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def reduced(document: Mapping[str, Any], action: str, only: str | None) -> dict[str, Any]:
    kept = []
    for statement in document["Statement"]:
        actions = listed(statement["Action"])
        if only in (None, statement["Sid"]):
            actions = [name for name in actions if name != action]
        if actions:
            kept.append({**statement, "Action": actions})
    return {**document, "Statement": kept}


def roles(laptop: Laptop) -> dict[str, Role]:
    """The roles that the template itself gives permissions, those of SAM's own making left out."""
    iam = laptop.client("iam")
    found = {}
    for listed_role in iam.list_roles()["Roles"]:
        name = listed_role["RoleName"]
        match = re.fullmatch(rf"{laptop.stack}-(\w+)-\w+", name)
        if match is None:
            continue
        names = iam.list_role_policies(RoleName=name)["PolicyNames"]
        documents = {p: iam.get_role_policy(RoleName=name, PolicyName=p)["PolicyDocument"] for p in names}
        own = {
            p: d
            for p, d in documents.items()
            if all("Sid" in s and isinstance(s.get("Action"), str | list) for s in d["Statement"])
        }
        found[match.group(1)] = Role(match.group(1), name, listed_role["Arn"], own)
    return found


@contextmanager
def taken_away(laptop: Laptop, role: Role, action: str) -> Iterator[None]:
    iam = laptop.client("iam")
    try:
        for name, document in role.without(action).items():
            if document["Statement"]:
                iam.put_role_policy(RoleName=role.name, PolicyName=name, PolicyDocument=json.dumps(document))
            else:
                iam.delete_role_policy(RoleName=role.name, PolicyName=name)
        yield
    finally:
        for name, document in role.documents.items():
            iam.put_role_policy(RoleName=role.name, PolicyName=name, PolicyDocument=json.dumps(document))


@pytest.mark.parametrize(
    ("machine", "role", "action"),
    [
        ("Training", "TrainingStateMachineRole", "sagemaker:CreateProcessingJob"),
        ("Training", "TrainingStateMachineRole", "iam:PassRole"),
        ("Training", "JobRole", "s3:PutObject"),
        ("Deployment", "DeploymentStateMachineRole", "s3:GetObject"),
        ("Inference", "InferenceStateMachineRole", "lambda:InvokeFunction"),
        ("Inference", "PrepareBatchRole", "kms:Decrypt"),
    ],
)
def test_a_run_without_a_permission_fails_and_names_it(
    demonstrated: Demonstrated, machine: str, role: str, action: str
) -> None:
    laptop = demonstrated.laptop
    with taken_away(laptop, roles(laptop)[role], action):
        failed = run_again(laptop, machine)
    assert failed["status"] == "FAILED", failed
    assert f"is not authorized to perform: {action}" in failed["cause"]


def run_again(laptop: Laptop, machine: str) -> dict[str, Any]:
    """Start what succeeded once more, under a new name; how it ended."""
    states, arn = laptop.client("stepfunctions"), laptop.output(f"{machine}StateMachineArn")
    before = states.list_executions(stateMachineArn=arn, statusFilter="SUCCEEDED")["executions"][0]
    given = states.describe_execution(executionArn=before["executionArn"])["input"]
    run = json.loads(given).get("run")
    if run:  # jobs are named by their run, and find their data in its folder
        given = given.replace(run, new := f"loan-{time.time_ns():016x}")
        copy_run(laptop, run, new)
    started = states.start_execution(stateMachineArn=arn, input=given)["executionArn"]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        ended: dict[str, Any] = states.describe_execution(executionArn=started)
        if ended["status"] != "RUNNING":
            return ended
        time.sleep(0.2)
    raise AssertionError(f"{started} did not end")


def copy_run(laptop: Laptop, run: str, new: str) -> None:
    """What a run starts with, in the folder of another one."""
    s3 = laptop.client("s3")
    for key in laptop.keys(f"runs/loan/{run}/"):
        if "/contract.json" in key or "/drop/" in key:
            s3.copy_object(
                Bucket=laptop.bucket,
                Key=key.replace(run, new),
                CopySource={"Bucket": laptop.bucket, "Key": key},
            )


# What the two demos and a run that tunes need not ask for, as "<role>/<statement> <action>".
NOT_ASKED = (
    # Only where something is absent, fails, comes twice or is given up.
    "*/TellAbsentFromForbidden s3:ListBucket",
    "*/RememberEvents dynamodb:GetItem",
    "*/RememberEvents dynamodb:DeleteItem",
    "*/WriteResults s3:AbortMultipartUpload",
    "*/FillRunFolder s3:AbortMultipartUpload",
    "TrainingStateMachineRole/RunJobs sagemaker:Stop*Job",
    "DeploymentStateMachineRole/Deploy sagemaker:DeleteEndpoint",
    "AnswerAlarmRole/Tell sns:Publish",
    "AnswerAlarmRole/Encrypt kms:GenerateDataKey",
    "StartDeploymentRole/Tell sns:Publish",
    "StartDeploymentRole/Encrypt kms:GenerateDataKey",
    "StartInferenceRole/Encrypt kms:GenerateDataKey",
    # Only on AWS: images are pulled from a registry there, and SageMaker looks at more of what it uses.
    "JobRole/PullImage ecr:*",
    "JobRole/LogInToRegistry ecr:*",
    "TrainingStateMachineRole/SeeImage ecr:*",
    "TrainingStateMachineRole/RunJobs sagemaker:ListTags",
    "DeploymentStateMachineRole/ReadPackage sagemaker:DescribeModelPackage",
    "JobRole/ListPrefixes s3:GetBucketLocation",
    "JobRole/WriteMetrics cloudwatch:PutMetricData",
    "JobRole/WriteLogs logs:DescribeLogStreams",
)


def test_every_other_permission_is_asked_for_by_the_loop(
    demonstrated: Demonstrated, rows: Path, tmp_path: Path
) -> None:
    laptop = demonstrated.laptop
    tune(laptop, rows, tmp_path / "contract.yaml")
    state = Path(laptop.environment["DROPFORGE_HOME"]) / "state"
    time.sleep(0.6)  # decisions are written a moment after they were made
    calls = list(read(state))
    keys = {call.resource: key_policy(laptop, call.resource) for call in calls if ":kms:" in call.resource}
    unasked = []
    for role in roles(laptop).values():
        own = [call for call in calls if call.identity == role.arn and call.allowed]
        for _, sid, action in role.permissions():
            if not needed(role, sid, action, own, keys):
                unasked.append(f"{role.logical}/{sid} {action}")
    surprising = [name for name in unasked if not any(fnmatch(name, known) for known in NOT_ASKED)]
    assert not surprising, surprising


def tune(laptop: Laptop, rows: Path, contract: Path) -> None:
    """What the demo leaves out: a run that tunes."""
    tuning = {"trials": 2, "parallel": 2, "ranges": {"max_depth": {"min": 2, "max": 4}}}
    contract.write_text(loan_contract("tuned", tuning=tuning))
    laptop.dropforge("publish", str(contract))
    laptop.dropforge("drop", "tuned", str(rows), "--wait")


def needed(role: Role, sid: str, action: str, calls: list[Decision], keys: Mapping[str, str]) -> bool:
    """Whether one of the calls is denied without the permission."""
    everything, less = grants(role.documents), grants(role.without(action, sid))
    return any(
        again(call, everything, keys.get(call.resource)) and not again(call, less, keys.get(call.resource))
        for call in calls
        if call.action == action
    )


def grants(documents: Documents) -> Grants:
    return Grants(tuple(policy(name, document) for name, document in documents.items()))


def key_policy(laptop: Laptop, arn: str) -> str:
    return str(laptop.client("kms").get_key_policy(KeyId=arn, PolicyName="default")["Policy"])

"""Fault 7: policies are not asked for SageMaker and for what a state machine does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from localcloud.tests.integration.localcloud_process import TinyCloud
from localcloud.tests.integration.mended_faults.endpoints import ended, queue, seen_here_only, topic_only
from localcloud.tests.integration.plain_ministack import PlainMiniStack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from localcloud.tests.integration.mended_faults.endpoints import Endpoint


@pytest.fixture
def lax(tmp_path: Path) -> Iterator[PlainMiniStack]:
    """MiniStack with all the enforcement that it has."""
    running = PlainMiniStack(tmp_path / "lax", settings={"AUTH": "true"}).start()
    yield running
    running.stop()


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[TinyCloud]:
    """A cloud whose IAM decides, as it does unless told otherwise."""
    running = TinyCloud(tmp_path / "strict", iam=True).start(*topic_only(tmp_path))
    yield running
    assert running.stop() == 0, running.log()


def test_a_state_machine_acts_under_its_own_role(lax: Endpoint, strict: Endpoint) -> None:
    """What its role does not allow is denied, with the action's name."""

    def body(endpoint: Endpoint) -> bool:
        principal = {
            "Effect": "Allow",
            "Principal": {"Service": "states.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        trust = json.dumps({"Version": "2012-10-17", "Statement": [principal]})
        role = endpoint.client("iam").create_role(RoleName="narrow", AssumeRolePolicyDocument=trust)["Role"]
        url, _ = queue(endpoint, "forbidden")
        send = {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage",
            "Parameters": {"QueueUrl": url, "MessageBody": "moo"},
            "End": True,
        }
        states = endpoint.client("stepfunctions")
        machine = states.create_state_machine(
            name="narrow",
            definition=json.dumps({"StartAt": "Send", "States": {"Send": send}}),
            roleArn=role["Arn"],
        )["stateMachineArn"]
        run = ended(endpoint, states.start_execution(stateMachineArn=machine)["executionArn"])
        return (
            run["status"] == "FAILED" and "not authorized to perform: sqs:sendmessage" in run["cause"].lower()
        )

    seen_here_only(body, lax, strict)


def test_a_user_without_policies_is_denied_sagemakers_actions(lax: Endpoint, strict: Endpoint) -> None:
    """AccessDeniedException, with who was denied what."""

    def body(endpoint: Endpoint) -> bool:
        iam = endpoint.client("iam")
        iam.create_user(UserName="milkmaid")
        key = iam.create_access_key(UserName="milkmaid")["AccessKey"]
        hers = endpoint.client("sagemaker", key["AccessKeyId"], key["SecretAccessKey"])
        try:
            hers.list_models()
        except ClientError as error:
            refused = error.response["Error"]
            return (
                refused["Code"] == "AccessDeniedException"
                and "user/milkmaid is not authorized to perform: sagemaker:ListModels" in refused["Message"]
            )
        return False

    seen_here_only(body, lax, strict)

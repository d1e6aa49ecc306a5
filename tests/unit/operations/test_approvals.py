"""An approval is followed to the deployment that it starts, and to what the endpoint serves then."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dropforge.operations.approvals import Decision, deployment_by, find_deployment
from dropforge.operations.errors import AnotherServed, NotDeployed, NotStarted
from dropforge.operations.registry import Model
from dropforge.operations.stack import Stack
from tests.unit.operations.fakes import TRAINING, FakeStepFunctions, Serving, result_of, stack_with

GROUP = "arn:aws:sagemaker:us-east-1:000000000000:model-package/dropforge-loan"
STARTED = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
ARN = TRAINING.replace("stateMachine", "execution")


class Deployments(FakeStepFunctions):
    """Lists every execution, newest first."""

    def list_executions(self, **_given: Any) -> dict[str, Any]:
        return {"executions": list(reversed(self.executions.values()))}


def decision(version: int = 3, made: datetime = STARTED) -> Decision:
    package = f"{GROUP}/{version}"
    return Decision(Model("loan", version, "candidate", "", {}, None, None, package), made)


@pytest.fixture
def deployments() -> Deployments:
    found = Deployments()
    found.add("loan-v2-a", "SUCCEEDED", input={"model_package_arn": f"{GROUP}/2"})
    return found


def serving(version: int, deployments: Deployments) -> Stack:
    return stack_with({"stepfunctions": deployments, "sagemaker": Serving({"c": f"{GROUP}/{version}"})})


def test_a_deployment_is_the_decision_s_by_package_and_time(deployments: Deployments) -> None:
    deployments.add("loan-v3-b", "RUNNING", input={"model_package_arn": f"{GROUP}/3"})
    stack = serving(2, deployments)
    assert find_deployment(stack, decision()) == f"{ARN}:loan-v3-b"
    assert find_deployment(stack, decision(made=STARTED + timedelta(seconds=4))) is not None, "clocks differ"
    assert find_deployment(stack, decision(made=STARTED + timedelta(minutes=1))) is None
    assert find_deployment(stack, decision(version=4)) is None


def test_it_is_done_when_the_endpoint_serves_the_version(deployments: Deployments) -> None:
    deployments.add("loan-v3-b", "SUCCEEDED", input={"model_package_arn": f"{GROUP}/3"})
    assert result_of(deployment_by(serving(3, deployments), decision(), 1)) == f"{ARN}:loan-v3-b"
    with pytest.raises(AnotherServed, match=r"the endpoint serves .*/2 after the deployment of .*/3"):
        result_of(deployment_by(serving(2, deployments), decision(), 1))


def test_a_deployment_that_failed_says_why(deployments: Deployments) -> None:
    deployments.add("loan-v3-b", "FAILED", cause="no instances", input={"model_package_arn": f"{GROUP}/3"})
    with pytest.raises(NotDeployed, match="version 3 was not deployed: no instances"):
        result_of(deployment_by(serving(2, deployments), decision(), 1))


def test_a_decision_that_nothing_takes_up_is_told(deployments: Deployments) -> None:
    stack = serving(2, deployments)
    stack.start_seconds = 0
    with pytest.raises(NotStarted, match="nothing began to deploy version 4 within 0 s"):
        result_of(deployment_by(stack, decision(version=4), 1))

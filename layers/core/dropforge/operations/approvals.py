"""Deciding about a version, and following the deployment that an approval starts."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dropforge.operations.errors import AnotherServed, NotDeployed
from dropforge.operations.executions import Steps, Waiting, find_execution, until_ended, until_started
from dropforge.operations.registry import Model, champion_of
from dropforge.operations.stack import Stack

# The cloud's clock and this machine's differ; an execution that began just before is still ours.
CLOCK_DIFFERENCE = timedelta(seconds=5)
NEWEST = 20


@dataclass(frozen=True)
class Decision:
    """An approval or a rejection, and when it was made."""

    model: Model
    made: datetime


def approve(stack: Stack, model: Model, comment: str = "") -> Decision:
    """Write the approval to the registry, which starts a deployment."""
    return _decide(stack, model, "Approved", comment)


def reject(stack: Stack, model: Model, comment: str = "") -> Decision:
    """Write the rejection to the registry."""
    return _decide(stack, model, "Rejected", comment)


def deployment_by(stack: Stack, decision: Decision, timeout: float) -> Waiting[str]:
    """The ARN of the deployment's execution once the endpoint serves the version; else an error."""
    what = f"deployment of {decision.model.usecase} version {decision.model.version}"
    return Waiting(what, _deployment_by(stack, decision, what, timeout))


def find_deployment(stack: Stack, decision: Decision) -> str | None:
    """The newest deployment of this package that began after the decision."""
    listed = stack.client("stepfunctions").list_executions(
        stateMachineArn=stack.output("DeploymentStateMachineArn"), maxResults=NEWEST
    )["executions"]
    for execution in listed:
        if execution["startDate"] < decision.made - CLOCK_DIFFERENCE:
            continue
        found = find_execution(stack, execution["executionArn"])
        if found and found.input.get("model_package_arn") == decision.model.model_package:
            return found.arn
    return None


def _decide(stack: Stack, model: Model, approval: str, comment: str) -> Decision:
    made = datetime.now(UTC)
    stack.registry.decide(model.model_package, approval, comment)
    return Decision(model, made)


def _deployment_by(stack: Stack, decision: Decision, what: str, timeout: float) -> Steps[str]:
    model = decision.model
    arn = yield from until_started(
        stack,
        lambda: find_deployment(stack, decision),
        f"began to deploy version {model.version}",
        "StartDeployment",
    )
    found = yield from until_ended(stack, arn, what, timeout)
    if not found.succeeded:
        raise NotDeployed(model.version, found.reason)
    served = champion_of(stack, model.usecase)
    if served != model.model_package:
        raise AnotherServed(served, model.model_package)
    return arn

"""Deciding about a version, and following the deployment that an approval starts."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cli.errors import Refused
from cli.place import Place
from cli.registry import Model, champion_of
from cli.runs import reason_of
from cli.waiting import START_SECONDS, Progress, pause, wait_for_execution

# The cloud's clock and this machine's differ; an execution that began just before is still ours.
CLOCK_DIFFERENCE = timedelta(seconds=5)


@dataclass(frozen=True)
class Decision:
    """An approval or a rejection, and when it was made."""

    model: Model
    made: datetime


def decide(place: Place, model: Model, approval: str, comment: str) -> Decision:
    """Write the decision to the registry."""
    made = datetime.now(UTC)
    place.client("sagemaker").update_model_package(
        ModelPackageArn=model.model_package,
        ModelApprovalStatus=approval,
        **({"ApprovalDescription": comment} if comment else {}),
    )
    return Decision(model, made)


def wait_for_deployment(place: Place, decision: Decision, timeout: float) -> str:
    """The deployment's execution once the endpoint serves the version; anything else is a refusal."""
    model = decision.model
    progress = Progress(f"deployment of {model.usecase} version {model.version}")
    execution = wait_for_start(place, decision, progress)
    ended = wait_for_execution(place, execution, progress, timeout)
    if ended["status"] != "SUCCEEDED":
        raise Refused(f"version {model.version} was not deployed: {reason_of(ended)}")
    served = champion_of(place, model.usecase)
    if served != model.model_package:
        raise Refused(f"the endpoint serves {served} after the deployment of {model.model_package}")
    return execution


def wait_for_start(place: Place, decision: Decision, progress: Progress) -> str:
    """The ARN of the deployment that the decision started."""
    while time.monotonic() - progress.began < START_SECONDS:
        execution = find_deployment(place, decision)
        if execution:
            return execution
        progress.show("waiting for it to start")
        pause(place)
    raise Refused(
        f"nothing began to deploy version {decision.model.version} within {START_SECONDS:.0f} s; "
        "`./dropforge logs --function StartDeployment` says why"
    )


def find_deployment(place: Place, decision: Decision) -> str | None:
    """The newest deployment of this package that began after the decision."""
    stepfunctions = place.client("stepfunctions")
    listed = stepfunctions.list_executions(
        stateMachineArn=place.output("DeploymentStateMachineArn"), maxResults=20
    )["executions"]
    for execution in listed:
        if execution["startDate"] < decision.made - CLOCK_DIFFERENCE:
            continue
        found = stepfunctions.describe_execution(executionArn=execution["executionArn"])
        if package_of(found) == decision.model.model_package:
            return str(execution["executionArn"])
    return None


def package_of(execution: dict[str, Any]) -> str | None:
    """The model package that a deployment was asked to bring up."""
    package = json.loads(execution.get("input") or "{}").get("model_package_arn")
    return str(package) if package else None

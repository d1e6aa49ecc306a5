"""Checks of the cloud and the stack in it, local or on AWS."""

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cli.aws_errors import explain
from cli.doctor.findings import Finding, well, wrong
from cli.image import digest
from cli.target import Target

OUTPUTS = (
    "DataBucket",
    "TrainingStateMachineArn",
    "DeploymentStateMachineArn",
    "InferenceStateMachineArn",
    "NotificationsTopicArn",
    "ImageUri",
)


def findings(target: Target) -> Iterator[Finding]:
    """Who answers, which stack stands there, and whether it is of this code."""
    account = attempt("account", lambda: identity(target), "sign in, or name another account with --profile")
    yield account
    if not account.ok:
        return
    stack = attempt("stack", lambda: stack_status(target), f"deploy the stack {target.name}, or give --stack")
    yield stack
    if stack.ok:
        yield outputs(target)
        yield image(target)


def attempt(check: str, look: Callable[[], Finding], remedy: str) -> Finding:
    """A look that may be refused."""
    try:
        return look()
    except (ClientError, BotoCoreError) as fault:
        return wrong(check, str(explain(fault) or fault), remedy)


def identity(target: Target) -> Finding:
    """Whose account it is."""
    found = target.client("sts").get_caller_identity()
    return well("account", f"{found['Account']} as {found['Arn']}")


def stack_status(target: Target) -> Finding:
    """How the stack's last deployment ended."""
    stack: dict[str, Any] = target.client("cloudformation").describe_stacks(StackName=target.name)["Stacks"][
        0
    ]
    status = stack["StackStatus"]
    if not status.endswith("_COMPLETE") or "ROLLBACK" in status:
        return wrong(
            "stack", f"{target.name} is {status}", "look at its events, mend what they name, deploy again"
        )
    return well("stack", f"{target.name} is {status}")


def outputs(target: Target) -> Finding:
    """What the commands need to know of the stack."""
    missing = [name for name in OUTPUTS if name not in target.stack.outputs]
    if missing:
        return wrong(
            "outputs", f"the stack lacks {', '.join(missing)}", "deploy this version's template.yaml"
        )
    return well("outputs", f"all {len(OUTPUTS)} outputs are there")


def image(target: Target) -> Finding:
    """Whether jobs run this checkout's code; on AWS the stack builds the image and its tag is its own."""
    uri = target.stack.outputs.get("ImageUri", "")
    if target.cloud and not uri.endswith(f":{digest()}"):
        return wrong("image", f"{uri} is of other code than this checkout's", "`./dropforge down`, then `up`")
    return well("image", uri)

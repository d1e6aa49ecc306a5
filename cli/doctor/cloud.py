"""Checks of the cloud and the stack in it, local or on AWS."""

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cli.aws_errors import explain
from cli.doctor.findings import Finding, well, wrong
from cli.image import digest
from cli.place import Place

OUTPUTS = (
    "DataBucket",
    "TrainingStateMachineArn",
    "DeploymentStateMachineArn",
    "InferenceStateMachineArn",
    "NotificationsTopicArn",
    "ImageUri",
)


def findings(place: Place) -> Iterator[Finding]:
    """Who answers, which stack stands there, and whether it is of this code."""
    account = attempt("account", lambda: identity(place), "sign in, or name another account with --profile")
    yield account
    if not account.ok:
        return
    stack = attempt("stack", lambda: stack_status(place), f"deploy the stack {place.stack}, or give --stack")
    yield stack
    if stack.ok:
        yield outputs(place)
        yield image(place)


def attempt(check: str, look: Callable[[], Finding], remedy: str) -> Finding:
    """A look that may be refused."""
    try:
        return look()
    except (ClientError, BotoCoreError) as fault:
        return wrong(check, str(explain(fault) or fault), remedy)


def identity(place: Place) -> Finding:
    """Whose account it is."""
    found = place.client("sts").get_caller_identity()
    return well("account", f"{found['Account']} as {found['Arn']}")


def stack_status(place: Place) -> Finding:
    """How the stack's last deployment ended."""
    stack: dict[str, Any] = place.client("cloudformation").describe_stacks(StackName=place.stack)["Stacks"][0]
    status = stack["StackStatus"]
    if not status.endswith("_COMPLETE") or "ROLLBACK" in status:
        return wrong(
            "stack", f"{place.stack} is {status}", "look at its events, mend what they name, deploy again"
        )
    return well("stack", f"{place.stack} is {status}")


def outputs(place: Place) -> Finding:
    """What the commands need to know of the stack."""
    missing = [name for name in OUTPUTS if name not in place.outputs]
    if missing:
        return wrong(
            "outputs", f"the stack lacks {', '.join(missing)}", "deploy this version's template.yaml"
        )
    return well("outputs", f"all {len(OUTPUTS)} outputs are there")


def image(place: Place) -> Finding:
    """Whether jobs run this checkout's code; on AWS the stack builds the image and its tag is its own."""
    uri = place.outputs.get("ImageUri", "")
    if place.cloud and not uri.endswith(f":{digest()}"):
        return wrong("image", f"{uri} is of other code than this checkout's", "`./dropforge down`, then `up`")
    return well("image", uri)

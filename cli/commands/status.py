"""Says what is running: the local cloud, or with --stack the stack on AWS."""

from argparse import ArgumentParser, Namespace

from cli.errors import UserError
from cli.paths import STATE
from cli.show import document, wants_json
from cli.target import Target, target_for


def add_arguments(parser: ArgumentParser) -> None:
    """It takes none."""


def run(arguments: Namespace) -> int:
    """Show the cloud and the stack; 2 when there is no cloud to speak of."""
    try:
        target = target_for(arguments)
    except UserError:
        if wants_json(arguments):
            nothing = {"endpoint_url": None, "pid": None, "stack": None, "region": None}
            document(nothing | {"state_dir": str(STATE)})
            return 2
        raise
    found = describe(target)
    if wants_json(arguments):
        document(found)
        return 0
    for name, value in found.items():
        print(f"{name:<13} {value if value is not None else '-'}")
    return 0


def describe(target: Target) -> dict[str, object]:
    """The members that `status --json` prints."""
    cloud = target.cloud
    client = target.client("cloudformation")
    return {
        "endpoint_url": cloud.endpoint_url if cloud else client.meta.endpoint_url,
        "pid": cloud.pid if cloud else None,
        "stack": target.name,
        "region": client.meta.region_name,
        "state_dir": cloud.state_dir if cloud else None,
        "bucket": target.stack.bucket,
        "time_scale": cloud.time_scale if cloud else None,
    }

"""Approves a version (a number or `latest`), which deploys it; with --wait until the endpoint serves it."""

from argparse import ArgumentParser, Namespace

from cli.approving import decide, wait_for_deployment
from cli.place import place_for
from cli.registry import find_version
from cli.show import document, note, wants_json


def add_arguments(parser: ArgumentParser) -> None:
    """Which version, and why."""
    parser.add_argument("usecase", metavar="USECASE")
    parser.add_argument("version", metavar="VERSION")
    parser.add_argument("--comment", default="", metavar="TEXT", help="kept with the version")
    parser.add_argument("--wait", action="store_true", help="wait until the endpoint serves it")
    parser.add_argument(
        "--timeout", type=float, default=3600, metavar="SECONDS", help="how long --wait waits"
    )


def run(arguments: Namespace) -> int:
    """Approve, and wait if asked."""
    place = place_for(arguments)
    model = find_version(place, arguments.usecase, arguments.version)
    decision = decide(place, model, "Approved", arguments.comment)
    note(f"approved {model.usecase} version {model.version}")
    deployment = wait_for_deployment(place, decision, arguments.timeout) if arguments.wait else None
    if wants_json(arguments):
        judged = find_version(place, arguments.usecase, str(model.version))
        document({**judged.document, "deployment": deployment})
    elif deployment:
        print(f"endpoint {place.named(model.usecase)} serves version {model.version}")
    return 0

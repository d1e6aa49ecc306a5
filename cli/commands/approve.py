"""Approves a version (a number or `latest`), which deploys it; with --wait until the endpoint serves it."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from cli.show import document, note, wants_json
from cli.target import stack_for
from cli.waiting import wait
from dropforge.operations import approvals
from dropforge.operations.registry import find_version


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
    stack = stack_for(arguments)
    model = find_version(stack, arguments.usecase, arguments.version)
    decision = approvals.approve(stack, model, arguments.comment)
    note(f"approved {model.usecase} version {model.version}")
    waiting = approvals.deployment_by(stack, decision, arguments.timeout)
    deployment = wait(stack, waiting) if arguments.wait else None
    if wants_json(arguments):
        approved = find_version(stack, arguments.usecase, str(model.version))
        document({**asdict(approved), "deployment": deployment})
    elif deployment:
        print(f"endpoint {stack.named(model.usecase)} serves version {model.version}")
    return 0

"""Rejects a version (a number or `latest`); it is not deployed, and people are told."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from cli.show import document, note, wants_json
from cli.target import stack_for
from dropforge.operations import approvals
from dropforge.operations.registry import find_version


def add_arguments(parser: ArgumentParser) -> None:
    """Which version, and why."""
    parser.add_argument("usecase", metavar="USECASE")
    parser.add_argument("version", metavar="VERSION")
    parser.add_argument("--comment", default="", metavar="TEXT", help="kept with the version")
    parser.add_argument("--wait", action="store_true", help="accepted for symmetry: a rejection is immediate")


def run(arguments: Namespace) -> int:
    """Reject."""
    stack = stack_for(arguments)
    model = find_version(stack, arguments.usecase, arguments.version)
    approvals.reject(stack, model, arguments.comment)
    note(f"rejected {model.usecase} version {model.version}")
    if model.stage == "champion":
        note("it is served until another version is: approve one with `./dropforge approve`")
    if wants_json(arguments):
        rejected = find_version(stack, arguments.usecase, str(model.version))
        document({**asdict(rejected), "deployment": None})
    return 0

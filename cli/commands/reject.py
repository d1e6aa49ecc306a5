"""Rejects a version (a number or `latest`); it is not deployed, and people are told."""

from argparse import ArgumentParser, Namespace

from cli.approving import decide
from cli.place import place_for
from cli.registry import find_version
from cli.show import document, note, wants_json


def add_arguments(parser: ArgumentParser) -> None:
    """Which version, and why."""
    parser.add_argument("usecase", metavar="USECASE")
    parser.add_argument("version", metavar="VERSION")
    parser.add_argument("--comment", default="", metavar="TEXT", help="kept with the version")
    parser.add_argument("--wait", action="store_true", help="accepted for symmetry: a rejection is immediate")


def run(arguments: Namespace) -> int:
    """Reject."""
    place = place_for(arguments)
    model = find_version(place, arguments.usecase, arguments.version)
    decide(place, model, "Rejected", arguments.comment)
    note(f"rejected {model.usecase} version {model.version}")
    if model.stage == "champion":
        note("it is served until another version is: approve one with `./dropforge approve`")
    if wants_json(arguments):
        judged = find_version(place, arguments.usecase, str(model.version))
        document({**judged.document, "deployment": None})
    return 0

"""Lists what is served: each endpoint with its status and the version behind it."""

from argparse import ArgumentParser, Namespace

from cli.show import document, note, table, wants_json
from cli.target import stack_for
from dropforge.operations.endpoints import list_endpoints


def add_arguments(parser: ArgumentParser) -> None:
    """It takes none."""


def run(arguments: Namespace) -> int:
    """Print the endpoints."""
    found = list_endpoints(stack_for(arguments))
    if wants_json(arguments):
        document(found)
        return 0
    if not found:
        note("nothing is served yet; `./dropforge approve USECASE latest` deploys a version")
        return 0
    shown = ("endpoint", "status", "version", "config", "modified", "failure")
    table(shown, [[getattr(endpoint, name) for name in shown] for endpoint in found])
    return 0

"""Lists the versions of a use case's model, newest first, with what each is to the endpoint."""

from argparse import ArgumentParser, Namespace

from cli.show import document, metrics, note, table, wants_json
from cli.target import stack_for
from dropforge.operations.registry import list_models


def add_arguments(parser: ArgumentParser) -> None:
    """The use case."""
    parser.add_argument("usecase", metavar="USECASE")


def run(arguments: Namespace) -> int:
    """Print the versions."""
    found = list_models(stack_for(arguments), arguments.usecase)
    if wants_json(arguments):
        document(found)
        return 0
    if not found:
        note(f"{arguments.usecase} has no model yet; `./dropforge drop {arguments.usecase} FILE` makes one")
        return 0
    rows = [(m.version, m.stage, m.approval, metrics(m.metrics), m.created, m.run) for m in found]
    table(("version", "stage", "approval", "metrics", "created", "run"), rows)
    return 0

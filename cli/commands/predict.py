"""Asks the live model about a file: CSV, JSON, JSON lines or a picture; `-` reads standard input."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from cli.files import read_bytes
from cli.show import document, table, wants_json
from cli.target import stack_for
from dropforge.operations.predictions import predict, request_for


def add_arguments(parser: ArgumentParser) -> None:
    """What to ask, of which model."""
    parser.add_argument("usecase", metavar="USECASE")
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="a .csv, .json or .jsonl file, a picture, or - for stdin"
    )


def run(arguments: Namespace) -> int:
    """Print a prediction a record."""
    stack = stack_for(arguments)
    request = request_for(arguments.file.suffix, read_bytes(arguments.file))
    predictions = predict(stack, arguments.usecase, request)
    if wants_json(arguments):
        document({"predictions": predictions})
    elif predictions:
        headings = [name for name in predictions[0] if name != "probabilities"]  # of every class: in --json
        table(headings, [[each.get(name) for name in headings] for each in predictions])
    return 0

"""Asks the live model about a file: CSV, JSON, JSON lines or a picture; `-` reads standard input."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from cli.files import read_bytes
from cli.place import place_for
from cli.predicting import Request, ask, request_for
from cli.show import document, table, wants_json


def add_arguments(parser: ArgumentParser) -> None:
    """What to ask, of which model."""
    parser.add_argument("usecase", metavar="USECASE")
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="a .csv, .json or .jsonl file, a picture, or - for stdin"
    )


def run(arguments: Namespace) -> int:
    """Print an answer a record."""
    place = place_for(arguments)
    request: Request = request_for(arguments.file.suffix, read_bytes(arguments.file))
    answers = ask(place, arguments.usecase, request)
    if wants_json(arguments):
        document({"predictions": answers})
    elif answers:
        headings = [name for name in answers[0] if name != "probabilities"]  # of every class: in --json
        table(headings, [[answer.get(name) for name in headings] for answer in answers])
    return 0

"""Drops a data file, which trains a model; with --wait follows the run to its end."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from cli.dropping import drop, wait_for_run
from cli.errors import Refused, UserError
from cli.files import existing
from cli.place import place_for
from cli.reports import quality_warnings, read_bytes
from cli.runs import Run
from cli.show import cell, document, metrics, note, wants_json
from dropforge.domain.contract import ContractError
from dropforge.domain.keys import published_contract
from dropforge.domain.overrides import Settings, read_pairs, settings_text

ENDED = {"refused": "was refused", "failed": "failed"}


def add_arguments(parser: ArgumentParser) -> None:
    """What to drop, for which use case."""
    parser.add_argument("usecase", metavar="USECASE")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="for this run alone: model.max_depth=4, gate.accuracy=0.9, "
        "resources.instance_type=ml.m5.xlarge, …; may be given several times",
    )
    parser.add_argument("--wait", action="store_true", help="follow the run to its end")
    parser.add_argument(
        "--timeout", type=float, default=7200, metavar="SECONDS", help="how long --wait waits"
    )


def run(arguments: Namespace) -> int:
    """Upload the file and, if asked, wait; a run that registers no model is an answer of 1."""
    settings = settings_of(arguments.set)
    place = place_for(arguments)
    file = existing(arguments.file)
    if read_bytes(place, place.bucket, published_contract(arguments.usecase)) is None:
        raise UserError(
            f"{arguments.usecase} has no contract in force; publish one with `./dropforge publish CONTRACT`"
        )
    dropped = drop(place, arguments.usecase, file, settings=settings)
    note(f"dropped {dropped.address} as run {dropped.run}")
    if not arguments.wait:
        if wants_json(arguments):
            document(dropped.document)
        return 0
    ended = wait_for_run(place, dropped, arguments.timeout)
    for sentence in quality_warnings(place, ended.usecase, ended.run):
        note(f"look at the data: {cell(sentence)}")
    if wants_json(arguments):
        document(ended.document)
    if not ended.ended_well:
        raise Refused(f"run {ended.run} {ENDED[ended.status]}: {ended.reason}")
    say_registered(ended, wants_json(arguments))
    return 0


def settings_of(pairs: list[str]) -> Settings:
    """What --set says; whether it fits the contract is for the run to say."""
    try:
        settings = read_pairs(pairs)
        settings_text(settings)
    except ContractError as fault:
        raise UserError(f"--set: {fault}") from None
    return settings


def say_registered(ended: Run, quiet: bool) -> None:
    """What came of it and what to do next."""
    if not quiet:
        print(f"{ended.usecase} version {ended.version} registered: {metrics(ended.metrics)}")
        note(f"deploy it with `./dropforge approve {ended.usecase} {ended.version} --wait`")

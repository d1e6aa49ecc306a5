"""Drops a data file, which trains a model; with --wait follows the run to its end."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from cli.errors import Refused, UserError
from cli.files import existing
from cli.show import cell, document, metrics, note, wants_json
from cli.target import stack_for
from cli.waiting import wait
from dropforge.domain.contract import ContractError
from dropforge.domain.overrides import Settings, read_pairs, settings_text
from dropforge.operations.drops import drop, run_started_by
from dropforge.operations.figures import quality_warnings
from dropforge.operations.runs import Run

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
    stack = stack_for(arguments)
    dropped = drop(stack, arguments.usecase, existing(arguments.file), settings)
    note(f"dropped {dropped.uri} as run {dropped.run}")
    if not arguments.wait:
        if wants_json(arguments):
            document(dropped)
        return 0
    ended = wait(stack, run_started_by(stack, dropped, arguments.timeout))
    for sentence in quality_warnings(stack, ended.usecase, ended.run):
        note(f"look at the data: {cell(sentence)}")
    if wants_json(arguments):
        document(ended)
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

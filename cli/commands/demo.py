"""Runs the whole loop with the loan use case on the local cloud and verifies each step.

It uses the local cloud that is running, or starts one and stops it again (--keep leaves it running).
"""

import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli import local
from cli.advice import explain
from cli.demo.stage import Stage
from cli.demo.steps import LOOP
from cli.errors import CommandError, Refused, UserError
from cli.paths import STATE
from cli.show import document, note, wants_json
from cli.starting import Start, bring_up, end, free_port
from cli.target import DEFAULT_STACK, Target
from dropforge.operations.errors import OperationError


def add_arguments(parser: ArgumentParser) -> None:
    """Whether the cloud stays."""
    parser.add_argument("--keep", action="store_true", help="leave the local cloud running")
    parser.add_argument("--port", type=int, metavar="N", help="the port of a cloud that is started here")


def run(arguments: Namespace) -> int:
    """Play the loop; stop at the first step that is not as it should be."""
    given = vars(arguments)
    if given.get("profile") or given.get("region"):
        raise UserError("the demo runs on the local cloud only; leave --profile and --region out")
    began = time.monotonic()
    with a_cloud(arguments) as cloud, tempfile.TemporaryDirectory() as folder:
        stage = Stage(Target(cloud.stack, cloud=cloud).stack, Path(folder))
        with stage.inbox():
            verified = play(stage, quiet=wants_json(arguments))
    seconds = time.monotonic() - began
    if wants_json(arguments):
        document({"verified": verified, "seconds": round(seconds, 1)})
    else:
        print(f"all {len(verified)} steps of the loop verified in {seconds:.0f} s")
    return 0


def play(stage: Stage, *, quiet: bool) -> list[dict[str, object]]:
    """Every step in turn, and what it verified."""
    verified: list[dict[str, object]] = []
    for number, (name, step) in enumerate(LOOP.items(), 1):
        began = time.monotonic()
        try:
            saw = step(stage)
        except (CommandError, OperationError) as fault:
            raise Refused(f"step {number}, {name}: {explain(fault) or fault}") from fault
        seconds = time.monotonic() - began
        verified.append({"step": name, "verified": saw, "seconds": round(seconds, 1)})
        if not quiet:
            print(f"{number}. {name:<22} ✓ {saw}  ({seconds:.1f} s)", flush=True)
    return verified


@contextmanager
def a_cloud(arguments: Namespace) -> Iterator[local.LocalCloud]:
    """The cloud that runs, or one of our own for as long as the demo lasts."""
    existing = local.running()
    if existing:
        note(f"using the local cloud at {existing.endpoint_url}")
        yield existing
        return
    note("starting a local cloud")
    start = Start(
        vars(arguments).get("stack", DEFAULT_STACK), free_port(arguments.port), STATE, not arguments.keep
    )
    cloud, process = bring_up(start, note)
    try:
        yield cloud
    finally:
        if arguments.keep:
            note(f"the local cloud goes on at {cloud.endpoint_url}; `./dropforge down` stops it")
        else:
            end(process)

"""Writes the requirements files beside the deployables from uv.lock; run it after `uv lock`."""

from argparse import ArgumentParser, Namespace

from cli.requirements import write_exports
from cli.show import note


def add_arguments(parser: ArgumentParser) -> None:
    """It takes none."""


def run(_arguments: Namespace) -> int:
    """Write what changed."""
    changed = write_exports()
    note(f"wrote {', '.join(changed)}" if changed else "every requirements file matches the lock")
    return 0

"""Writes the requirements files beside the deployables from uv.lock; run it after `uv lock`."""

from argparse import ArgumentParser, Namespace

from cli.errors import Refused
from cli.requirements import EXPORTS, check_lock, stale_exports, write_exports
from cli.show import note


def add_arguments(parser: ArgumentParser) -> None:
    """Write, or only look."""
    parser.add_argument("--check", action="store_true", help="write nothing; 1 when something does not match")


def run(arguments: Namespace) -> int:
    """Write what changed, or say what would."""
    if not arguments.check:
        changed = write_exports()
        note(f"wrote {', '.join(changed)}" if changed else "every requirements file matches the lock")
        return 0
    check_lock()
    stale = stale_exports()
    if stale:
        raise Refused(f"{', '.join(stale)} do not match uv.lock; `./dropforge lock` writes them")
    note(f"uv.lock matches pyproject.toml, and {len(EXPORTS)} requirements files match it")
    return 0

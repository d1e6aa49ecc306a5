"""Runs every check and test. What is given after `--` goes to pytest: `dropforge test -- -k contract -x`."""

import argparse
import os
import sys
from pathlib import Path

from cli.start import environment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The quick part, or all of it."""
    parser.add_argument("--fast", action="store_true", help="leave out the tests that take over a second")
    parser.add_argument("pytest", nargs="*", metavar="-- PYTEST", help="options and paths for pytest")


def run(arguments: argparse.Namespace) -> int:
    """Add the developer's tools to the environment, then run."""
    prepare_environment()
    from cli.checks.run import run_all

    return 0 if run_all(arguments.pytest, fast=arguments.fast) else 1


def prepare_environment() -> None:
    """The start script made what the commands need; the tests need more, under the same stamp."""
    use = environment.stamp_file("use")
    started_otherwise = not use.exists() or Path(sys.prefix) != environment.VENV
    if started_otherwise:
        return
    stamp = use.read_text().strip()
    if environment.is_ready("dev", stamp):
        return
    environment.prepare("dev", stamp)
    # The packages changed under this process: begin again with the new ones.
    os.execv(sys.executable, [sys.executable, "-P", "-m", "cli", *sys.argv[1:]])  # noqa: S606 - no shell

"""Runs every check and test. What follows `--` goes to pytest: `./dropforge test -- -k contract -x`."""

import argparse

from cli.developer import need_developer_tools


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much of it."""
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument(
        "--fast", dest="extent", action="store_const", const="fast", help="only tests of under a second"
    )
    extent.add_argument(
        "--thorough", dest="extent", action="store_const", const="thorough", help="those of minutes too"
    )
    parser.set_defaults(extent="usual")
    parser.add_argument("pytest", nargs="*", metavar="-- PYTEST", help="options and paths for pytest")


def run(arguments: argparse.Namespace) -> int:
    """Add the developer's tools to the environment, then run."""
    need_developer_tools()
    from cli.checks.run import run_all

    return 0 if run_all(arguments.pytest, arguments.extent) else 1

"""Runs every check and test. What is given after `--` goes to pytest: `dropforge test -- -k contract -x`."""

import argparse

from cli.developer import need_developer_tools


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The quick part, or all of it."""
    parser.add_argument("--fast", action="store_true", help="leave out the tests that take over a second")
    parser.add_argument("pytest", nargs="*", metavar="-- PYTEST", help="options and paths for pytest")


def run(arguments: argparse.Namespace) -> int:
    """Add the developer's tools to the environment, then run."""
    need_developer_tools()
    from cli.checks.run import run_all

    return 0 if run_all(arguments.pytest, fast=arguments.fast) else 1

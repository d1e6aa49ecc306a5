"""Stops the local cloud in order: endpoints, jobs and functions end, its state stays for the next start."""

from argparse import ArgumentParser, Namespace

from cli import local
from cli.paths import CURRENT
from cli.show import document, note, wants_json


def add_arguments(parser: ArgumentParser) -> None:
    """It takes none."""


def run(arguments: Namespace) -> int:
    """Stop what runs; nothing running is what was asked for, too."""
    cloud = local.running()
    if cloud:
        local.stop(cloud)
    else:
        CURRENT.unlink(missing_ok=True)
    if wants_json(arguments):
        document({"stopped": cloud.pid if cloud else None})
    else:
        note(f"stopped the local cloud at {cloud.endpoint_url}" if cloud else "no local cloud is running")
    return 0

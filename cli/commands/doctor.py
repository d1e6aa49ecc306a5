"""Checks this machine, the cloud and the stack, and says how to mend what is wrong."""

from argparse import ArgumentParser, Namespace
from contextlib import suppress

from cli.doctor import cloud, machine
from cli.errors import UserError
from cli.show import document, wants_json
from cli.target import target_for


def add_arguments(parser: ArgumentParser) -> None:
    """It takes none."""


def run(arguments: Namespace) -> int:
    """Print what was found; 2 when there is something to mend."""
    found = list(machine.findings())
    with suppress(UserError):  # no cloud to look at, which the machine's checks have said already
        found += cloud.findings(target_for(arguments))
    if wants_json(arguments):
        document([finding.document for finding in found])
    else:
        for finding in found:
            print(f"{'✓' if finding.ok else '✗'} {finding.check:<12} {finding.found}")
            if finding.remedy:
                print(f"  {'':<12} → {finding.remedy}")
    return 0 if all(finding.ok for finding in found) else 2

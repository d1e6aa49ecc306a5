"""Checks a data file by a use case's contract without a run: what it would refuse, warn of or set aside.

Needs no cloud: the contract is usecases/USECASE/contract.yaml, or --contract, or else the one in force in the
cloud. Exit status 1 means that a run would refuse the file.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from cli.checking import Checked, check, contract_for
from cli.errors import Refused
from cli.files import existing, write
from cli.show import document, note, table, wants_json
from cli.target import stack_for

MOST_REASONS = 20
WORDS = {"refuse": "refused", "warn": "look at"}


def add_arguments(parser: ArgumentParser) -> None:
    """Which contract, which file."""
    parser.add_argument("usecase", metavar="USECASE")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--contract", type=Path, metavar="FILE", help="another contract than the use case's")
    parser.add_argument("--report", type=Path, metavar="FILE", help="where to write the report as a page")


def run(arguments: Namespace) -> int:
    """Check, print, and say by the exit status what came of it."""
    contract = contract_for(arguments.usecase, arguments.contract, lambda: stack_for(arguments))
    checked = check(contract, existing(arguments.file))
    if arguments.report:
        keep(checked, arguments.report)
    if wants_json(arguments):
        document(checked.document)
    else:
        show(checked, arguments.file.name)
    if checked.refused:
        raise Refused(f"refused by {checked.report['rule']}: {checked.report['reason']}")
    return 0


def show(checked: Checked, name: str) -> None:
    """Counts, findings and what would be set aside."""
    rows = checked.report["rows"]
    counted = ", ".join(
        f"{rows[kind]} {kind}" for kind in ("read", "good", "bad", "duplicates") if kind in rows
    )
    verdict = "would be refused" if checked.refused else "can be learned from"
    print(f"{name} {verdict}{f': rows {counted}' if counted else ''}")
    if checked.findings:
        print()
        found = [(WORDS[each["severity"]], each["rule"], each["sentence"]) for each in checked.findings]
        table(("FOUND", "RULE", "WHAT"), found)
    reasons = list(checked.report["quarantined"].items())
    if reasons:
        print()
        table(("ROWS", "SET ASIDE BECAUSE"), [(count, reason) for reason, count in reasons[:MOST_REASONS]])
    if len(reasons) > MOST_REASONS:
        print(f"and {len(reasons) - MOST_REASONS} more reasons; --json has them all")


def keep(checked: Checked, path: Path) -> None:
    """Write the page, if there is one."""
    if checked.page is None:
        note("no report was written: the file could not be read so far that there is something to show")
        return
    write(path, checked.page.encode())
    note(f"wrote {path}")

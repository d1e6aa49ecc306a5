"""Judges a data file by a use case's contract without a run: what it would refuse, warn of or set aside.

Needs no cloud: the contract is usecases/USECASE/contract.yaml, or --contract, or else the one in force in the
cloud. Exit status 1 means that a run would refuse the file.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from cli.errors import Refused
from cli.files import existing, write
from cli.judging import Judgement, contract_for, judge
from cli.place import place_for
from cli.show import document, note, table, wants_json

MOST_REASONS = 20
WORDS = {"refuse": "refused", "warn": "look at"}


def add_arguments(parser: ArgumentParser) -> None:
    """Which contract, which file."""
    parser.add_argument("usecase", metavar="USECASE")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--contract", type=Path, metavar="FILE", help="another contract than the use case's")
    parser.add_argument("--report", type=Path, metavar="FILE", help="where to write the report as a page")


def run(arguments: Namespace) -> int:
    """Judge, print, and say by the exit status what came of it."""
    contract = contract_for(arguments.usecase, arguments.contract, lambda: place_for(arguments))
    judged = judge(contract, existing(arguments.file))
    if arguments.report:
        keep(judged, arguments.report)
    if wants_json(arguments):
        document(judged.document)
    else:
        show(judged, arguments.file.name)
    if judged.refused:
        raise Refused(f"refused by {judged.report['rule']}: {judged.report['reason']}")
    return 0


def show(judged: Judgement, name: str) -> None:
    """Counts, findings and what would be set aside."""
    rows = judged.report["rows"]
    counted = ", ".join(
        f"{rows[kind]} {kind}" for kind in ("read", "good", "bad", "duplicates") if kind in rows
    )
    verdict = "would be refused" if judged.refused else "can be learned from"
    print(f"{name} {verdict}{f': rows {counted}' if counted else ''}")
    if judged.findings:
        print()
        found = [(WORDS[each["severity"]], each["rule"], each["sentence"]) for each in judged.findings]
        table(("FOUND", "RULE", "WHAT"), found)
    reasons = list(judged.report["quarantined"].items())
    if reasons:
        print()
        table(("ROWS", "SET ASIDE BECAUSE"), [(count, reason) for reason, count in reasons[:MOST_REASONS]])
    if len(reasons) > MOST_REASONS:
        print(f"and {len(reasons) - MOST_REASONS} more reasons; --json has them all")


def keep(judged: Judgement, place: Path) -> None:
    """Write the page, if there is one."""
    if judged.page is None:
        note("no report was written: the file could not be read so far that there is something to show")
        return
    write(place, judged.page.encode())
    note(f"wrote {place}")

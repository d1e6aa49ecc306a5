"""Writes a first contract from a data file: types, ranges, ids, dates, what leaks the answer. Read it.

FILE is CSV, Parquet, JSON lines, or a .zip of pictures with a folder a class (which needs no --target).
"""

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from cli import files
from cli.container import outputs_of
from cli.draft.pictures import write_pictures
from cli.draft.propose import propose
from cli.draft.write import write
from cli.errors import Refused, UserError
from cli.paths import ROOT
from cli.show import document, note, wants_json
from dropforge.domain.contract import ContractError
from dropforge.domain.names import is_usecase
from dropforge.domain.survey import read_survey
from dropforge.edge.contract_yaml import load_contract

NAME = "at most 28 lower-case letters, digits and dashes, a letter first"


def add_arguments(parser: ArgumentParser) -> None:
    """The use case's name, the data and what to predict."""
    parser.add_argument("name", metavar="NAME", help=NAME)
    parser.add_argument("--from", dest="source", type=Path, required=True, metavar="FILE", help="the data")
    parser.add_argument("--target", metavar="COLUMN", help="the column to predict")
    parser.add_argument("--to", type=Path, metavar="FILE", help="where (usecases/NAME/contract.yaml)")
    parser.add_argument("--force", action="store_true", help="write over a contract that is there")


def run(arguments: Namespace) -> int:
    """Survey, propose, check, write."""
    if not is_usecase(arguments.name):
        raise UserError(f"{arguments.name!r} is not a name of {NAME}")
    target: Path = arguments.to or ROOT / "usecases" / arguments.name / "contract.yaml"
    if target.exists() and not arguments.force:
        raise UserError(
            f"{target} is there already; give another place with --to, or --force to write over it"
        )
    text = draft(arguments.name, survey(arguments.source, arguments.target), arguments.target)
    check(text)
    files.write(target, text.encode())
    if wants_json(arguments):
        document({"usecase": arguments.name, "contract": str(target)})
    note(f"wrote {target}; read it, then `./dropforge publish {target}`")
    return 0


def survey(source: Path, target: str | None) -> dict[str, Any]:
    """What the file holds."""
    drop = files.existing(source)
    try:
        with outputs_of("survey", {"drop": drop}, {"TARGET": target or ""}) as outputs:
            found: dict[str, Any] = json.loads((outputs / "survey" / "survey.json").read_bytes())
    except UserError as fault:
        raise UserError(f"{source}: {fault}") from None
    return found


def draft(name: str, found: dict[str, Any], target: str | None) -> str:
    """The contract's text."""
    if found["format"] == "images":
        return write_pictures(name, found, target)
    return write(propose(name, read_survey(found), str(target)))


def check(text: str) -> None:
    """What this command writes has to be valid by the same rules as any contract."""
    try:
        load_contract(text)
    except ContractError as fault:
        raise Refused(f"no contract can be drafted from this file:\n{fault}") from None

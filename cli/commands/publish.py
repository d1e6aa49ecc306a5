"""Publishes contracts: each is checked here, then put where the cloud takes it up, its script before it."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from cli.contracts import read_contract, script_of
from cli.place import Place, place_for
from cli.publishing import publish, put_script, wait_until_in_force
from cli.show import document, note, wants_json

WAIT_SECONDS = 120.0


def add_arguments(parser: ArgumentParser) -> None:
    """One file or several."""
    parser.add_argument("contracts", nargs="+", type=Path, metavar="CONTRACT", help="a contract.yaml")


def run(arguments: Namespace) -> int:
    """Publish all or, when one is wrong, none."""
    place = place_for(arguments)
    contracts = [(path, read_contract(path)) for path in arguments.contracts]
    scripts = [
        (contract.usecase, script) for path, contract in contracts if (script := script_of(path, contract))
    ]
    for usecase, script in scripts:
        put_script(place, usecase, script)
    answers = [publish_one(place, path, contract.usecase) for path, contract in contracts]
    if wants_json(arguments):
        document(answers)
    return 0


def publish_one(place: Place, path: Path, usecase: str) -> dict[str, str]:
    """Put one contract and wait until the cloud has taken it up."""
    published = publish(place, usecase, path.read_bytes())
    group = wait_until_in_force(place, published, WAIT_SECONDS)
    note(f"{usecase}: the contract is in force; drop a file with `./dropforge drop {usecase} FILE`")
    return {"usecase": usecase, "contract": published.address, "model_package_group": group}

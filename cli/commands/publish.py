"""Publishes contracts: each is checked here, then put where the cloud takes it up, its script before it."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from cli.contracts import ContractFile, read_contract_file
from cli.files import read_bytes
from cli.show import document, note, wants_json
from cli.target import stack_for
from cli.waiting import wait
from dropforge.operations.contracts import publish, put_script, until_in_force
from dropforge.operations.stack import Stack

WAIT_SECONDS = 120.0


def add_arguments(parser: ArgumentParser) -> None:
    """One file or several."""
    parser.add_argument("contracts", nargs="+", type=Path, metavar="CONTRACT", help="a contract.yaml")


def run(arguments: Namespace) -> int:
    """Publish all or, when one is wrong, none."""
    stack = stack_for(arguments)
    files = [read_contract_file(path) for path in arguments.contracts]
    for file in files:
        if file.script:
            put_script(stack, file.contract.usecase, file.script.name, read_bytes(file.script))
    answers = [publish_one(stack, file) for file in files]
    if wants_json(arguments):
        document(answers)
    return 0


def publish_one(stack: Stack, file: ContractFile) -> dict[str, str]:
    """Put one contract and wait until the cloud has taken it up."""
    published = publish(stack, file.contract, file.text)
    group = wait(stack, until_in_force(stack, published, WAIT_SECONDS))
    usecase = file.contract.usecase
    note(f"{usecase}: the contract is in force; drop a file with `./dropforge drop {usecase} FILE`")
    return {"usecase": usecase, "contract": published.uri, "model_package_group": group}

"""Contract files on this machine."""

from dataclasses import dataclass
from pathlib import Path

from cli.errors import UserError
from cli.files import read_bytes
from dropforge.domain.contract import Contract, ContractError
from dropforge.edge.contract_yaml import load_contract


@dataclass(frozen=True)
class ContractFile:
    """A contract as it was written, with the training script that it brings along."""

    contract: Contract
    text: bytes
    script: Path | None


def read_contract_file(path: Path) -> ContractFile:
    """A contract that is to be published."""
    text = read_bytes(path)
    contract = _contract_in(text, path)
    return ContractFile(contract, text, _script_of(path, contract))


def read_contract(path: Path) -> Contract:
    """The contract in a file."""
    return _contract_in(read_bytes(path), path)


def _contract_in(text: bytes, path: Path) -> Contract:
    """The contract that a file's text is, or every problem with it on a line."""
    try:
        return load_contract(text)
    except ContractError as fault:
        raise UserError(f"{path} is not a valid contract:\n{fault}") from None


def _script_of(path: Path, contract: Contract) -> Path | None:
    """The script lies beside the contract."""
    if contract.algorithm.entry is None:
        return None
    script = path.parent / contract.algorithm.entry
    if not script.is_file():
        raise UserError(f"{path} names the script {contract.algorithm.entry!r}, which is not beside it")
    return script

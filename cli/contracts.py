"""Contract files on this machine."""

from pathlib import Path

from cli.errors import UserError
from cli.files import read_bytes
from dropforge.domain.contract import Contract, ContractError
from dropforge.edge.contract_yaml import load_contract


def read_contract(path: Path) -> Contract:
    """The contract in a file, or every problem with it on a line."""
    try:
        return load_contract(read_bytes(path))
    except ContractError as fault:
        raise UserError(f"{path} is not a valid contract:\n{fault}") from None


def script_of(path: Path, contract: Contract) -> Path | None:
    """The training script that a contract brings along: it lies beside it."""
    if contract.algorithm.entry is None:
        return None
    script = path.parent / contract.algorithm.entry
    if not script.is_file():
        raise UserError(f"{path} names the script {contract.algorithm.entry!r}, which is not beside it")
    return script

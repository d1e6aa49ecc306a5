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

"""Checking a data file by a contract without a run: the processing job's own checks, on this machine."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.container import outputs_of
from cli.contracts import read_contract
from cli.errors import UserError
from cli.paths import ROOT
from dropforge.domain.contract import Contract, contract_to_json
from dropforge.operations.contracts import contract_in_force
from dropforge.operations.stack import Stack


@dataclass(frozen=True)
class Checked:
    """What the job found. `quality` and `page` are None where the file could not be read so far."""

    report: dict[str, Any]
    quality: dict[str, Any] | None
    page: str | None

    @property
    def refused(self) -> bool:
        """True when a run would refuse the file."""
        return bool(self.report["status"] == "refused")

    @property
    def findings(self) -> list[dict[str, Any]]:
        """What the data-quality checks said, the severe first."""
        return list(self.quality["findings"]) if self.quality else []

    @property
    def document(self) -> dict[str, Any]:
        """What was found as JSON prints it."""
        names = ("usecase", "status", "rule", "reason", "rows", "quarantined", "classes")
        found = {name: self.report.get(name) for name in names}
        return {**found, "findings": self.findings}


def check(contract: Contract, file: Path) -> Checked:
    """Run the checks in the image's environment."""
    inputs: dict[str, Path | bytes] = {"contract": contract_to_json(contract).encode(), "drop": file}
    with outputs_of("check", inputs) as outputs:
        folder = outputs / "report"
        quality, page = folder / "quality.json", folder / "quality.html"
        return Checked(
            json.loads((folder / "report.json").read_bytes()),
            json.loads(quality.read_bytes()) if quality.exists() else None,
            page.read_text(encoding="utf-8") if page.exists() else None,
        )


def contract_for(usecase: str, given: Path | None, stack_of: Callable[[], Stack]) -> Contract:
    """A use case's contract: the file given, else this checkout's, else the one in force in the cloud."""
    own = given or ROOT / "usecases" / usecase / "contract.yaml"
    if given or own.exists():
        found = read_contract(own)
        if found.usecase != usecase:
            raise UserError(f"{own} is the contract of {found.usecase}, not of {usecase}")
        return found
    try:
        stack = stack_of()
    except UserError as fault:
        raise UserError(f"there is no {own}, and {fault}; or name the contract with --contract") from None
    contract = contract_in_force(stack, usecase)
    if contract is None:
        raise UserError(f"{usecase} has no contract, neither as {own} nor in the cloud; publish one")
    return contract

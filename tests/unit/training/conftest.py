"""One loan model for all tests of a session: processed, trained and evaluated once."""

from pathlib import Path

import pytest

from dropforge.domain.contract import Contract
from dropforge.edge.contract_yaml import load_contract
from tests.unit.training.container import LOAN, Another, Container, loan_csv


@pytest.fixture(scope="session")
def loan() -> Contract:
    return load_contract(LOAN.read_text(encoding="utf-8"))


@pytest.fixture
def container(tmp_path: Path, loan: Contract) -> Container:
    return Container(tmp_path, loan)


@pytest.fixture
def another(tmp_path: Path) -> Another:
    return lambda contract: Container(tmp_path / "another", contract)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, loan: Contract) -> Container:
    """Read it, do not write to it."""
    made = Container(tmp_path_factory.mktemp("trained"), loan)
    assert made.process(loan_csv(2000, bad=20))["status"] == "accepted"
    assert made.train() == 0, made.said("failure")
    assert made.evaluate() == 0, made.said("message")
    return made

"""One local cloud for all end-to-end tests: each test brings use cases of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.laptop import Done, Laptop, loan_contract, loan_rows


@pytest.fixture(scope="session")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    cloud = Laptop(tmp_path_factory.mktemp("cloud"))
    # What is waited for, not what is done, is shortened.
    cloud.start("--time-scale", "0.2")
    yield cloud
    cloud.stop()


@dataclass(frozen=True)
class Demonstrated:
    """A cloud that goes on after the demo ran twice, in a cloud of its own and in this one; what it said."""

    laptop: Laptop
    said: list[Done]


@pytest.fixture(scope="session")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstrated]:
    home = Laptop(tmp_path_factory.mktemp("demo"))
    said = [home.dropforge("demo")]
    home.dropforge("up", "--port", "0", "--detach", "--time-scale", "0.1")
    said.append(home.dropforge("demo"))
    home.connect()
    yield Demonstrated(home, said)
    home.stop()


@pytest.fixture(scope="session")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """5,000 rows of loan data in a file."""
    path = tmp_path_factory.mktemp("data") / "loan.csv"
    path.write_text(loan_rows(5000))
    return path


@pytest.fixture(scope="session")
def live_loan(laptop: Laptop, rows: Path) -> str:
    """A use case whose version 1 is deployed."""
    laptop.put("contracts/live-loan/contract.yaml", loan_contract("live-loan"))
    laptop.notified("contract_published", "live-loan")
    laptop.dropforge("drop", "live-loan", str(rows), "--wait")
    laptop.dropforge("approve", "live-loan", "1", "--wait")
    return "live-loan"

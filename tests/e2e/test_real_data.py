"""The real loan data, with the contract a data scientist would write for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.e2e.laptop import Laptop

pytestmark = [pytest.mark.e2e, pytest.mark.real_data]

DATA = Path(os.environ.get("DROPFORGE_REAL_DATA", "/nonexistent")) / "loan.csv"
CONTRACT = """\
usecase: real-loan
problem: binary
target: Personal Loan
positive: 1
columns:
  Age: {type: integer, min: 18, max: 100}
  Experience: {type: integer, min: 0}
  Income: number
  Family: integer
  CCAvg: number
  Education: {type: category, values: [1, 2, 3]}
  Mortgage: number
  Personal Loan: {type: category, values: [0, 1]}
  Securities Account: {type: category, values: [0, 1]}
  CD Account: {type: category, values: [0, 1]}
  Online: {type: category, values: [0, 1]}
  CreditCard: {type: category, values: [0, 1]}
drop: {ID: unique per row, ZIP Code: hundreds of values}
gate: {accuracy: 0.98, auc: 0.99}
confidence: 0.8
owners: [loans@example.com]
"""


@pytest.mark.skipif(not DATA.exists(), reason="DROPFORGE_REAL_DATA names no folder with loan.csv")
def test_the_real_loan_data_is_registered_and_its_negative_experience_reported(laptop: Laptop) -> None:
    assert len(CONTRACT.splitlines()) <= 25
    laptop.put("contracts/real-loan/contract.yaml", CONTRACT)
    laptop.told("contract_published", "real-loan")

    run = laptop.report("drop", "real-loan", str(DATA), "--wait")

    assert run["status"] == "registered"
    assert run["metrics"]["auc"] >= 0.99
    assert run["metrics"]["accuracy"] >= 0.98
    report = laptop.read(f"runs/real-loan/{run['run']}/process/report/report.json")
    assert "52" in report
    assert "Experience" in report
    quarantined = laptop.read(f"quarantine/real-loan/{run['run']}/rows.csv").splitlines()
    assert len([line for line in quarantined if "Experience" in line]) >= 52

"""Contracts as `init` drafts them from real data make models without a word changed."""

import os
from pathlib import Path

import pytest

from cli.commands.init import draft
from dropforge.edge.contract_yaml import load_contract
from tests.unit.training.container import Container
from training.survey.job import facts_of

REAL = os.environ.get("DROPFORGE_REAL_DATA", "")
FOLDER = Path(REAL)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.real_data,
    pytest.mark.skipif(not REAL, reason="DROPFORGE_REAL_DATA does not name a folder of real data"),
]


@pytest.mark.parametrize(
    ("file", "target", "metric", "least"),
    [
        ("loan.csv", "Personal Loan", "auc", 0.99),
        ("insurance_claims.csv", "fraud_reported", "auc", 0.75),
        ("bank.csv", "y", "auc", 0.9),
        ("bike.csv", "cnt", "r2", 0.8),
    ],
)
def test_a_draft_makes_a_model(tmp_path: Path, file: str, target: str, metric: str, least: float) -> None:
    contract = load_contract(draft("drafted", facts_of(FOLDER / file, target), target))
    container = Container(tmp_path, contract)
    report = container.process((FOLDER / file).read_bytes())
    assert report["status"] == "accepted", report["reason"]
    assert container.train() == 0, container.said("failure")
    assert container.evaluate() == 0, container.said("message")
    verdict = container.output("evaluation/verdict.json")
    assert verdict["passed"], verdict["sentence"]
    assert verdict["metrics"][metric] >= least

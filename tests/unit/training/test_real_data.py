"""The loan use case on real data, where DROPFORGE_REAL_DATA names the folder that holds it."""

import os
from pathlib import Path

import pytest

from tests.unit.training.container import LOAN, Container

FOLDER = os.environ.get("DROPFORGE_REAL_DATA", "")
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not FOLDER, reason="DROPFORGE_REAL_DATA does not name a folder of real data"),
]


def test_the_contract_of_at_most_25_lines_gives_a_model_of_reference_quality(container: Container) -> None:
    assert len(LOAN.read_text(encoding="utf-8").splitlines()) <= 25
    report = container.process(Path(FOLDER, "loan.csv").read_bytes())
    assert report["quarantined"] == {"Experience below 0": 52}
    assert container.train() == 0, container.said("failure")
    assert container.evaluate() == 0, container.said("message")
    verdict = container.output("evaluation/verdict.json")
    assert verdict["passed"]
    assert verdict["metrics"]["auc"] >= 0.99
    assert verdict["metrics"]["accuracy"] >= 0.98

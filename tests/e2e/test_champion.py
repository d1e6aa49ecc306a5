"""A new model meets the one that is live, on the same rows; the page about it can be fetched."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.laptop import Laptop, loan_contract, loan_rows

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def champion(laptop: Laptop, rows: Path) -> str:
    """A use case whose version 1 is live, and whose gate refuses what is worse."""
    gate = {"auc": 0.5, "champion": {"metric": "auc", "margin": 0.005}}
    laptop.put("contracts/challenged/contract.yaml", loan_contract("challenged", gate=gate))
    laptop.notified("contract_published", "challenged")
    laptop.dropforge("drop", "challenged", str(rows), "--wait")
    laptop.dropforge("approve", "challenged", "1", "--wait")
    return "challenged"


def test_a_model_worse_than_the_live_one_is_refused_with_the_figures_of_both(
    laptop: Laptop, champion: str, tmp_path: Path
) -> None:
    drop = tmp_path / "again.csv"
    drop.write_text(loan_rows(4700))

    worse = ("--set", "model.rounds=1", "--set", "model.max_depth=1")
    run = laptop.report("drop", champion, str(drop), "--wait", *worse, expect=1)

    assert run["status"] == "refused"
    assert "rows version 1 reached auc 0.99" in run["reason"]
    assert "worse by more than 0.005" in run["reason"]
    page = tmp_path / "page.html"
    report = laptop.report("report", champion, run["run"], "--save", str(page))
    assert (report["passed"], report["verdict"]) == (False, run["reason"])
    assert "No: the model is not registered" in page.read_text()
    assert "version 1" in page.read_text()


def test_a_model_like_the_live_one_is_registered_and_its_page_shows_both(
    laptop: Laptop, champion: str, tmp_path: Path
) -> None:
    drop = tmp_path / "more.csv"
    drop.write_text(loan_rows(4900))

    run = laptop.report("drop", champion, str(drop), "--wait")

    assert run["status"] == "registered"
    page = tmp_path / "page.html"
    laptop.dropforge("report", champion, "2", "--save", str(page))
    assert "Both were asked about the same" in page.read_text()
    data = tmp_path / "data.html"
    laptop.dropforge("report", champion, "2", "--data", "--save", str(data))
    assert "Data quality" in data.read_text()

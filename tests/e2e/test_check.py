"""`init` and `check` on a machine without a cloud: a contract from a file, and a file judged by it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from dropforge.domain.contract import Contract
from dropforge.edge.contract_yaml import load_contract
from tests.e2e.laptop import Laptop, loan_rows

pytestmark = pytest.mark.e2e

REAL = Path(os.environ.get("DROPFORGE_REAL_DATA", "/nonexistent"))
real_data = pytest.mark.skipif(not REAL.exists(), reason="DROPFORGE_REAL_DATA names no folder of real data")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Laptop:
    """A command line; no cloud is started."""
    return Laptop(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def loans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "loan.csv"
    path.write_text(loan_rows(2000))
    return path


def drafted(desk: Laptop, folder: Path, name: str, file: Path, target: str) -> tuple[Path, str, Contract]:
    path = folder / f"{name}.yaml"
    target_words = ["--target", target] if target else []
    desk.dropforge("init", name, "--from", str(file), *target_words, "--to", str(path))
    text = path.read_text(encoding="utf-8")
    return path, text, load_contract(text)


def line(text: str, column: str) -> str:
    return next(each for each in text.splitlines() if each.strip().startswith(f"{column}:"))


def test_a_file_is_judged_with_a_table_a_page_and_an_exit_status(
    desk: Laptop, loans: Path, tmp_path: Path
) -> None:
    page = tmp_path / "quality.html"
    done = desk.dropforge("check", "loan", str(loans), "--report", str(page))
    assert "loan.csv can be learned from: rows 2000 read" in done.stdout
    assert "Data quality: loan" in page.read_text(encoding="utf-8")


def test_a_file_that_a_run_would_refuse_ends_in_1_and_the_reason(
    desk: Laptop, loans: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    rows = loans.read_text().splitlines()
    broken = [",".join(["x", *row.split(",")[1:]]) for row in rows[1:]]
    bad.write_text("\n".join([rows[0], *[row.replace(row.split(",")[1], "old", 1) for row in broken]]) + "\n")
    done = desk.dropforge("check", "loan", str(bad), expect=1)
    assert "would be refused" in done.stdout
    assert "refused by quality.bad_rows" in done.stderr
    report = json.loads(desk.dropforge("check", "loan", str(bad), "--json", expect=1).stdout)
    assert (report["status"], report["rule"]) == ("refused", "quality.bad_rows")
    assert report["quarantined"]


def test_a_file_that_is_not_a_table_is_refused_without_a_page(desk: Laptop, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    done = desk.dropforge("check", "loan", str(other), "--report", str(tmp_path / "page.html"), expect=1)
    assert "refused by columns" in done.stderr
    assert not (tmp_path / "page.html").exists()


def test_a_use_case_without_a_contract_is_the_callers_to_fix(desk: Laptop, loans: Path) -> None:
    done = desk.dropforge("check", "nobody", str(loans), expect=2)
    assert "--contract" in done.stderr


def test_init_tells_what_is_wrong_with_a_file(desk: Laptop, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    words = ["init", "case", "--from", str(empty), "--target", "y", "--to", str(tmp_path / "c.yaml")]
    assert "the file is empty" in desk.dropforge(*words, expect=2).stderr


@real_data
@pytest.mark.real_data
def test_loan_as_drafted(desk: Laptop, tmp_path: Path) -> None:
    path, text, contract = drafted(desk, tmp_path, "loan", REAL / "loan.csv", "Personal Loan")
    assert len(text.splitlines()) <= 40
    assert dict(contract.drop) == {"ID": "unique per row", "ZIP Code": "467 different values"}
    assert "52 below 0: to quarantine" in line(text, "Experience")
    assert "moves with Age (r 0.994)" in line(text, "Experience")
    said = desk.dropforge("check", "loan", str(REAL / "loan.csv"), "--contract", str(path)).stdout
    assert "Age and Experience rise and fall together" in said
    assert "52" in said


@real_data
@pytest.mark.real_data
def test_insurance_as_drafted(desk: Laptop, tmp_path: Path) -> None:
    path, text, contract = drafted(desk, tmp_path, "fraud", REAL / "insurance_claims.csv", "fraud_reported")
    assert set(contract.drop) == {"policy_number", "insured_zip", "incident_location", "_c39"}
    assert contract.reader.nulls == ("", "?")
    assert "178 missing" in line(text, "collision_type")
    assert '"None" (91 rows) is kept as a value' in line(text, "authorities_contacted")
    assert "= injury_claim + property_claim + vehicle_claim" in line(text, "total_claim_amount")
    assert "1 below 0: to quarantine" in line(text, "umbrella_limit")
    said = desk.dropforge(
        "check", "fraud", str(REAL / "insurance_claims.csv"), "--contract", str(path)
    ).stdout
    assert "injury_claim + property_claim + vehicle_claim give total_claim_amount in every row" in said
    assert "quality.leakage" not in said


@real_data
@pytest.mark.real_data
def test_bank_as_drafted_warns_of_duration(desk: Laptop, tmp_path: Path) -> None:
    path, text, contract = drafted(desk, tmp_path, "bank", REAL / "bank.csv", "y")
    assert len(text.splitlines()) <= 40
    assert (contract.reader.delimiter, contract.positive) == (";", "yes")
    assert "known before the answer?" in line(text, "duration")
    assert "999 (39673 rows) lies far from the rest: a code?" in line(text, "pdays")
    assert '"unknown" (8597 rows) is kept as a value' in line(text, "default")
    found = desk.report("check", "bank", str(REAL / "bank.csv"), "--contract", str(path))
    leaks = [each for each in found["findings"] if each["rule"] == "quality.leakage"]
    assert [each["columns"] for each in leaks] == [["duration"]]
    assert leaks[0]["severity"] == "warn"


@real_data
@pytest.mark.real_data
def test_bike_as_drafted_leaves_out_what_adds_up_to_the_count(desk: Laptop, tmp_path: Path) -> None:
    path, text, contract = drafted(desk, tmp_path, "bike", REAL / "bike.csv", "cnt")
    assert len(text.splitlines()) <= 40
    assert contract.problem == "regression"
    assert contract.drop["casual"] == contract.drop["registered"] == "leaks: casual + registered = the target"
    types = {column.name: (column.type, column.format) for column in contract.columns}
    assert types["dteday"] == ("date", "%d-%m-%y")
    assert {types[name][0] for name in ("season", "mnth", "weekday", "weathersit")} == {"category"}
    kept = text.replace('  casual: "leaks: casual + registered = the target"\n', "")
    kept = kept.replace('  registered: "leaks: casual + registered = the target"\n', "")
    path.write_text(
        kept.replace("  temp: number", "  casual: integer\n  registered: integer\n  temp: number")
    )
    said = desk.dropforge("check", "bike", str(REAL / "bike.csv"), "--contract", str(path)).stdout
    assert "casual + registered give cnt in every row" in said


@real_data
@pytest.mark.real_data
def test_pictures_as_drafted(desk: Laptop, tmp_path: Path) -> None:
    _, text, contract = drafted(desk, tmp_path, "images", REAL / "images.zip", "")
    assert len(text.splitlines()) <= 40
    assert contract.classes == ("automobile", "bicycle", "motorcycle")

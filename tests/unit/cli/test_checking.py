"""Which contract a file is checked by, and what is printed of what was found."""

from pathlib import Path
from typing import Any

import pytest

from cli.checking import Checked, contract_for
from cli.commands.check import keep, show
from cli.errors import UserError
from cli.target import NO_TARGET
from dropforge.domain.contract import contract_to_json
from dropforge.edge.contract_yaml import load_contract
from dropforge.operations.stack import Stack
from tests.unit.operations.fakes import FakeS3

CONTRACT = """\
usecase: case
problem: binary
target: y
columns: {a: number, y: {type: category, values: [0, 1]}}
"""


def no_cloud() -> Stack:
    raise UserError(NO_TARGET)


def test_a_use_case_of_the_checkout_needs_no_cloud() -> None:
    assert contract_for("loan", None, no_cloud).usecase == "loan"


def test_the_file_that_is_given_counts(tmp_path: Path) -> None:
    own = tmp_path / "contract.yaml"
    own.write_text(CONTRACT)
    assert contract_for("case", own, no_cloud).target == "y"
    with pytest.raises(UserError, match="is the contract of case, not of loan"):
        contract_for("loan", own, no_cloud)


def test_else_it_is_the_one_in_force_in_the_cloud(stack: Stack, s3: FakeS3) -> None:
    published = load_contract(CONTRACT)
    s3.objects["contracts/case/published.json"] = contract_to_json(published).encode()
    assert contract_for("case", None, lambda: stack) == published
    with pytest.raises(UserError, match="nobody has no contract, neither as"):
        contract_for("nobody", None, lambda: stack)


def test_without_a_contract_and_a_cloud_both_ways_out_are_named() -> None:
    with pytest.raises(
        UserError, match=r"no local cloud is running .*; or name the contract with --contract"
    ):
        contract_for("nobody", None, no_cloud)


def checked(**changes: Any) -> Checked:
    report = {
        "usecase": "case",
        "status": "refused",
        "rule": "quality.bad_rows",
        "reason": "60 of 1000 rows are bad",
        "rows": {"read": 1000, "bad": 60},
        "quarantined": {f"reason {index}": 30 - index for index in range(25)},
    }
    found = {"severity": "warn", "rule": "quality.leakage", "sentence": "a\x1b[31m tells y"}
    return Checked({**report, **changes}, {"findings": [found]}, None)


def test_counts_findings_and_reasons_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    show(checked(), "data.csv")
    said = capsys.readouterr().out
    assert said.startswith("data.csv would be refused: rows 1000 read, 60 bad\n")
    assert "look at  quality.leakage" in said
    assert "30    reason 0" in said
    assert "\x1b" not in said
    assert "and 5 more reasons" in said


def test_what_is_not_there_is_not_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(checked(), tmp_path / "page.html")
    assert "no report was written" in capsys.readouterr().err
    assert not (tmp_path / "page.html").exists()

"""The loan use case's sample data: seeded, in the contract's shape, with the faults asked for."""

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest

from dropforge.edge.contract_yaml import load_contract
from usecases.loan.generate import COLUMNS, TARGET, customers, main

FOLDER = Path(__file__).parents[3] / "usecases" / "loan"


def generated(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, str]]:
    main(arguments)
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    one, two = (generated(capsys, "--rows", "50", "--seed", seed) for seed in ("1", "2"))
    assert one == generated(capsys, "--rows", "50", "--seed", "1")
    assert one != two


def test_the_columns_are_the_contracts(capsys: pytest.CaptureFixture[str]) -> None:
    contract = load_contract((FOLDER / "contract.yaml").read_text(encoding="utf-8"))
    known = {column.name for column in contract.columns} | set(contract.drop)
    assert set(generated(capsys, "--rows", "1")[0]) == known == set(COLUMNS)
    assert TARGET not in generated(capsys, "--rows", "1", "--unlabelled")[0]


def test_some_take_the_loan_and_most_do_not() -> None:
    taken = sum(customer[TARGET] for customer in customers(2000, seed=1))
    assert 200 < taken < 500


@pytest.mark.parametrize("bad", [0, 1, 7, 100])
def test_as_many_rows_are_bad_as_were_asked_for(bad: int) -> None:
    sound = list(customers(100, seed=1))
    planted = list(customers(100, seed=1, bad=bad))
    assert sum(one != two for one, two in zip(sound, planted, strict=True)) == bad


def test_it_runs_with_nothing_installed() -> None:
    """-S leaves the interpreter with the standard library alone."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", "from usecases.loan.generate import main; main(['--rows', '2'])"],
        cwd=FOLDER.parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(done.stdout.splitlines()) == 3


def test_impossible_numbers_are_a_usage_error() -> None:
    with pytest.raises(SystemExit):
        main(["--rows", "10", "--bad", "11"])

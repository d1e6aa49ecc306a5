"""Sample data for the demo, made by the loan use case's own generator."""

import csv
import subprocess
import sys
from pathlib import Path

from cli.errors import Refused
from cli.paths import ROOT

CONTRACT = ROOT / "usecases" / "loan" / "contract.yaml"
SPOILED_EVERY = 500
SPOILED_COLUMN = "Age"
GATE_OUT_OF_REACH = "gate: {accuracy: 1.0, auc: 1.0}"


def generate(rows: int, seed: int) -> list[list[str]]:
    """A heading and rows."""
    command = [sys.executable, "-P", "-m", "usecases.loan.generate", "--rows", str(rows), "--seed", str(seed)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"the sample data could not be made: {done.stderr.strip()}")
    return list(csv.reader(done.stdout.splitlines()))


def write(path: Path, table: list[list[str]]) -> Path:
    """A table as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(table)
    return path


def spoil(table: list[list[str]]) -> list[int]:
    """Put a word where a number belongs in some rows; the answer is their line numbers in the file."""
    column = table[0].index(SPOILED_COLUMN)
    spoiled = list(range(SPOILED_EVERY, len(table), SPOILED_EVERY))
    for row in spoiled:
        table[row][column] = "young"
    return [row + 1 for row in spoiled]


def without(table: list[list[str]], name: str) -> list[list[str]]:
    """A table without one column: what is to be predicted is not known."""
    column = table[0].index(name)
    return [row[:column] + row[column + 1 :] for row in table]


def strict_contract(name: str) -> bytes:
    """The loan contract under another name, with a gate that no honest model passes."""
    lines = []
    skipping = False
    for line in CONTRACT.read_text(encoding="utf-8").splitlines():
        skipping = line.startswith("gate:") or (skipping and line.startswith((" ", "\t")))
        if not skipping:
            lines.append(f"usecase: {name}" if line.startswith("usecase:") else line)
    return "\n".join([*lines, GATE_OUT_OF_REACH, ""]).encode()

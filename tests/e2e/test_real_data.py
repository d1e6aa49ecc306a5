"""The five real problems, from a file and nothing else: `init` drafts each contract, a few lines are edited,
and the same state machines do the rest."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.laptop import Laptop

FOLDER = Path(os.environ.get("DROPFORGE_REAL_DATA", "/nonexistent"))
MOST_LINES = 40

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.thorough,
    pytest.mark.real_data,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="DROPFORGE_REAL_DATA names no folder"),
]


class Draft:
    """A contract as `init` wrote it, and the hand that edits it."""

    def __init__(self, laptop: Laptop, folder: Path, usecase: str, file: str, target: str | None) -> None:
        self.laptop, self.usecase, self.file = laptop, usecase, FOLDER / file
        self.path = folder / f"{usecase}.yaml"
        named = ["--target", target] if target else []
        laptop.dropforge("init", usecase, "--from", str(self.file), *named, "--to", str(self.path))

    def drop_columns(self, reason: str, *names: str) -> None:
        """Takes columns out; `drop` is the one section that `init` writes in two ways."""
        for name in names:
            self._replace(rf"(?m)^  {re.escape(name)}: .*\n", "")
        dropped = "".join(f"{name}: {reason}, " for name in names)
        text = self.path.read_text()
        if "\ndrop: {" in text:
            self._replace(r"\ndrop: \{", f"\ndrop: {{{dropped}")
        else:
            self.add(f"drop: {{{dropped.rstrip(', ')}}}")

    def replace(self, section: str, value: str) -> None:
        self._replace(rf"(?m)^{section}: .*$", f"{section}: {value}")

    def add(self, *lines: str) -> None:
        self.path.write_text(self.path.read_text() + "".join(f"{line}\n" for line in lines))

    def run(self, *words: str) -> dict[str, Any]:
        """Publishes, drops and waits; the run, whichever way it ended."""
        assert len(self.path.read_text().splitlines()) <= MOST_LINES
        self.laptop.dropforge("publish", str(self.path))
        return dict(self.laptop.report("drop", self.usecase, str(self.file), "--wait", *words, expect=None))

    def check(self) -> dict[str, Any]:
        found = self.laptop.report(
            "check", self.usecase, str(self.file), "--contract", str(self.path), expect=None
        )
        return dict(found)

    def _replace(self, pattern: str, by: str) -> None:
        text, count = re.subn(pattern, by, self.path.read_text())
        assert count == 1, f"{pattern} is {count} times in\n{text}"
        self.path.write_text(text)


def test_loan_is_registered_above_99_percent_and_its_negative_experience_reported(
    laptop: Laptop, tmp_path: Path
) -> None:
    draft = Draft(laptop, tmp_path, "real-loan", "loan.csv", "Personal Loan")
    draft.replace("gate", "{accuracy: 0.98, auc: 0.99}")

    run = draft.run()

    assert run["status"] == "registered", run["reason"]
    assert run["metrics"]["auc"] >= 0.99
    report = laptop.read(f"runs/real-loan/{run['run']}/process/report/report.json")
    assert "52" in report
    quarantined = laptop.read(f"quarantine/real-loan/{run['run']}/rows.csv").splitlines()
    assert len([line for line in quarantined if "Experience" in line]) >= 52


FRAUD = ("policy_bind_date", "policy_state", "incident_date", "incident_state", "incident_city")


def test_fraud_ends_by_its_own_figure_and_a_depth_can_be_set_for_one_run(
    laptop: Laptop, tmp_path: Path
) -> None:
    draft = Draft(laptop, tmp_path, "real-fraud", "insurance_claims.csv", "fraud_reported")
    draft.drop_columns("a date or a place", *FRAUD)
    draft.drop_columns("too many values", "auto_make", "auto_model", "insured_occupation", "insured_hobbies")
    draft.replace("gate", "{accuracy: 0.85}")
    draft.add("algorithm: {name: decision_tree, parameters: {max_depth: 3}}", "resample: {method: over}")

    for words in ((), ("--set", "model.max_depth=1", "--set", "gate.accuracy=0.9")):
        run = draft.run(*words)
        accuracy, limit = run["metrics"]["accuracy"], 0.9 if words else 0.85

        assert run["status"] == ("registered" if accuracy >= limit else "refused")
        if run["status"] == "refused":
            assert f"accuracy is {accuracy:.4f}, below the gate of {limit:.4f}" in run["reason"]
    assert run["status"] == "refused"


def test_bank_is_tuned_above_the_reference_and_the_length_of_the_call_is_warned_of(
    laptop: Laptop, tmp_path: Path
) -> None:
    draft = Draft(laptop, tmp_path, "real-bank", "bank.csv", "y")
    leaking = [found for found in draft.check()["findings"] if found["rule"] == "quality.leakage"]
    assert [found["columns"] for found in leaking] == [["duration"]]

    draft.drop_columns("known only after the call", "duration")
    draft.replace("gate", "{auc: 0.795}")
    draft.add("tuning: {trials: 3, ranges: {max_depth: {min: 3, max: 6}, eta: {min: 0.03, max: 0.2}}}")
    run = draft.run()

    assert run["status"] == "registered", run["reason"]
    assert run["metrics"]["auc"] >= 0.795
    trials = json.loads(laptop.read(f"runs/real-bank/{run['run']}/tuning/trials.json"))["trials"]
    assert len(trials) == 3
    assert [trial["best"] for trial in trials].count(True) == 1


def test_bike_is_a_line_above_80_percent_and_the_sum_that_gives_the_answer_is_found(
    laptop: Laptop, tmp_path: Path
) -> None:
    draft = Draft(laptop, tmp_path, "real-bike", "bike.csv", "cnt")
    assert "casual + registered" in draft.path.read_text()
    draft.replace("gate", "{r2: 0.8}")
    draft.add(
        "algorithm: {name: linear}",
        "split: {train: 0.7, validation: 0, test: 0.3, seed: 333}",
        "transform: {encode: dummies_but_first, scale: minmax, select: {method: rfe, keep: 15}}",
    )

    run = draft.run()

    assert run["status"] == "registered", run["reason"]
    assert run["metrics"]["r2"] >= 0.8


def test_images_are_told_apart_on_the_test_set_that_came_with_them(laptop: Laptop, tmp_path: Path) -> None:
    draft = Draft(laptop, tmp_path, "real-images", "images.zip", None)
    draft.replace("gate", "{accuracy: 0.85}")
    draft.add("algorithm: {name: svm}")

    run = draft.run()

    assert run["status"] == "registered", run["reason"]
    assert run["metrics"]["accuracy"] >= 0.85
    report = json.loads(laptop.read(f"runs/real-images/{run['run']}/process/report/report.json"))
    assert report["rows"]["test"] == 300

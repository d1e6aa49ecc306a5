"""The use cases as they ship, beside loan: the same state machines, and a contract each."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from localcloud.tests.patience import eventually
from tests.e2e.laptop import ROOT, Laptop

pytestmark = pytest.mark.e2e
FILES = {"fraud": "claims.csv", "images": "pictures.zip", "bank": "calls.csv", "bike": "days.csv"}


def sample(usecase: str, *words: str) -> bytes:
    """What the use case's generator prints."""
    command = [sys.executable, "-m", f"usecases.{usecase}.generate", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout


class UseCase:
    """A shipped contract, published, and sample data for it."""

    def __init__(self, laptop: Laptop, folder: Path, name: str) -> None:
        self.laptop, self.name, self.folder = laptop, name, folder
        self.file = folder / FILES[name]
        self.publish()

    def publish(self, edit: tuple[str, str] = ("", "")) -> None:
        contract = self.folder / "contract.yaml"
        contract.write_text((ROOT / "usecases" / self.name / "contract.yaml").read_text().replace(*edit))
        self.laptop.dropforge("publish", str(contract))

    def drop(self, *words: str, rows: int, seed: int = 1) -> dict[str, Any]:
        """Drops fresh data and waits; the run, whichever way it ended."""
        self.file.write_bytes(sample(self.name, "--rows", str(rows), "--seed", str(seed)))
        return dict(self.laptop.report("drop", self.name, str(self.file), "--wait", *words, expect=None))

    def approve(self) -> None:
        self.laptop.dropforge("approve", self.name, "latest", "--wait")

    def predictions(self, name: str, rows: int) -> list[str]:
        """What comes back for new rows without an answer, header first."""
        body = sample(self.name, "--rows", str(rows), "--seed", "5", "--unlabelled")
        self.laptop.put(f"inference/{self.name}/{name}", body)

        def written() -> str | None:
            keys = self.laptop.keys(f"predictions/{self.name}/")
            return next((key for key in keys if key.endswith("predictions.csv")), None)

        return self.laptop.read(str(eventually(written, "predictions"))).splitlines()


def test_fraud_learns_a_tree_whose_depth_a_drop_may_set_and_which_is_held_against_the_live_one(
    laptop: Laptop, tmp_path: Path
) -> None:
    fraud = UseCase(laptop, tmp_path, "fraud")
    first = fraud.drop(rows=2000)
    assert first["status"] == "registered", first["reason"]
    assert first["metrics"]["accuracy"] >= 0.85
    fraud.approve()

    second = fraud.drop("--set", "model.max_depth=1", "--set", "gate.accuracy=0.99", rows=2000, seed=2)

    assert second["status"] == "refused"
    assert f"accuracy is {second['metrics']['accuracy']:.4f}, below the gate of 0.9900" in second["reason"]
    assert "version 1 reached" in second["reason"]
    contract = json.loads(laptop.read(f"runs/fraud/{second['run']}/contract.json"))
    assert contract["algorithm"]["parameters"]["max_depth"] == 1


def test_a_setting_that_does_not_fit_the_contract_refuses_the_drop_by_name(
    laptop: Laptop, tmp_path: Path
) -> None:
    run = UseCase(laptop, tmp_path, "fraud").drop("--set", "model.max_depth=99", rows=300, seed=3)

    assert run["status"] == "refused"
    assert "algorithm.parameters.max_depth: 99 is not between 1 and 50" in run["reason"]


def test_bank_is_tuned_and_the_best_trial_is_what_is_registered(laptop: Laptop, tmp_path: Path) -> None:
    run = UseCase(laptop, tmp_path, "bank").drop(
        "--set", "tuning.trials=3", "--set", "resources.spot=true", rows=4000
    )

    assert run["status"] == "registered", run["reason"]
    trials = json.loads(laptop.read(f"runs/bank/{run['run']}/tuning/trials.json"))
    kept = trials["trials"]
    best = max(kept, key=lambda trial: float(trial["objective"]))
    package = laptop.client("sagemaker").describe_model_package(ModelPackageName=run["model_package"])
    data = package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    trial = laptop.client("sagemaker").describe_training_job(TrainingJobName=best["name"])
    assert len(kept) == trials["tried"] == 3
    assert trial["EnableManagedSpotTraining"]
    assert best["best"]
    assert f"/{best['name']}/" in data


def test_bike_answers_with_a_number_and_doubts_none(laptop: Laptop, tmp_path: Path) -> None:
    bike = UseCase(laptop, tmp_path, "bike")
    run = bike.drop(rows=730)
    assert run["status"] == "registered", run["reason"]
    assert run["metrics"]["r2"] >= 0.78
    bike.approve()

    header, *rows = bike.predictions("days.csv", rows=40)

    assert header == "row,value"
    assert len(rows) == 40
    assert all(float(row.split(",")[1]) > -5000 for row in rows)
    assert laptop.keys("review/bike/") == []


def test_pictures_that_lie_in_s3_are_dropped_by_a_manifest(laptop: Laptop, tmp_path: Path) -> None:
    images = UseCase(laptop, tmp_path, "images")
    names = []
    with zipfile.ZipFile(io.BytesIO(sample("images", "--rows", "240", "--seed", "9"))) as archive:
        for name in archive.namelist():
            laptop.put(f"data/images/{name}", archive.read(name))
            names.append(name)
    images.file = tmp_path / "pictures.manifest"
    prefix = {"prefix": f"s3://{laptop.bucket}/data/images/"}
    images.file.write_text(json.dumps([prefix, *names]))

    run = laptop.report("drop", "images", str(images.file), "--wait", expect=None)

    assert run["status"] == "registered", run["reason"]
    report = json.loads(laptop.read(f"runs/images/{run['run']}/process/report/report.json"))
    assert report["rows"]["read"] == 240
    assert report["rows"]["test"] == len([name for name in names if name.startswith("test/")])


def test_pictures_are_told_apart_and_those_in_doubt_are_told_by_name(laptop: Laptop, tmp_path: Path) -> None:
    images = UseCase(laptop, tmp_path, "images")
    run = images.drop(rows=360)
    assert run["status"] == "registered", run["reason"]
    assert run["metrics"]["accuracy"] >= 0.85
    images.approve()
    images.publish(edit=("confidence: 0.6", "confidence: 0.999"))

    header, *rows = images.predictions("new.zip", rows=30)

    assert header == "row,file,label,confidence"
    doubtful = {row.split(",")[1] for row in rows if float(row.split(",")[3]) < 0.999}
    assert doubtful
    message = laptop.notified("low_confidence", "images")[0]
    assert {item["file"] for item in message["records"]} == doubtful

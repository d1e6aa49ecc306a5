"""Training as one process alone does not show it: over several machines, and by a user's script."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.laptop import ROOT, Laptop, loan_contract

pytestmark = pytest.mark.e2e


def publish(laptop: Laptop, folder: Path, name: str, **changes: Any) -> None:
    path = folder / f"{name}.yaml"
    path.write_text(loan_contract(name, **changes), encoding="utf-8")
    laptop.dropforge("publish", str(path))


def model_of(laptop: Laptop, run: dict[str, Any]) -> dict[str, bytes]:
    """The files of a run's model.tar.gz."""
    key = next(
        key for key in laptop.keys(f"runs/{run['usecase']}/{run['run']}/") if key.endswith("/model.tar.gz")
    )
    body = laptop.client("s3").get_object(Bucket=laptop.bucket, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as tar:
        return {
            Path(member.name).name: file.read()
            for member in tar
            if member.isfile() and (file := tar.extractfile(member)) is not None
        }


def test_two_spare_machines_train_one_model(laptop: Laptop, rows: Path, tmp_path: Path) -> None:
    publish(laptop, tmp_path, "twin", resources={"instances": 2, "spot": True, "minutes": 30})
    run = laptop.report("drop", "twin", str(rows), "--wait")
    assert run["status"] == "registered", run["reason"]
    job = laptop.client("sagemaker").describe_training_job(TrainingJobName=f"{run['run']}-train")
    assert job["EnableManagedSpotTraining"]
    assert job["StoppingCondition"] == {"MaxRuntimeInSeconds": 1800, "MaxWaitTimeInSeconds": 3600}
    facts = json.loads(model_of(laptop, run)["training.json"])
    assert facts["hosts"] == 2
    assert facts["rows"]["train"] > 500


def test_a_script_of_ones_own_is_trained_by_and_registered(
    laptop: Laptop, rows: Path, tmp_path: Path
) -> None:
    page = (ROOT / "docs" / "script.md").read_text(encoding="utf-8")
    script = page.split("```python")[1].split("```")[0]
    (tmp_path / "train.py").write_text(script, encoding="utf-8")
    algorithm = {"name": "script", "entry": "train.py", "parameters": {"depth": 6}}
    publish(laptop, tmp_path, "own", algorithm=algorithm)
    run = laptop.report("drop", "own", str(rows), "--wait", expect=None)
    assert run["status"] in ("registered", "refused"), run["reason"]
    assert run["metrics"]["auc"] > 0.9
    files = model_of(laptop, run)
    assert json.loads(files["training.json"])["script"] == "train.py"
    assert not [name for name in files if name.endswith(".py")]

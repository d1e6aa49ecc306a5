"""What the gate decides, and what people are told about it."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from tests.e2e.laptop import Laptop, loan_contract

pytestmark = pytest.mark.e2e


def test_a_gate_above_what_the_model_reaches_refuses_with_metric_value_and_limit(
    laptop: Laptop, rows: Path
) -> None:
    laptop.put(
        "contracts/too-strict/contract.yaml", loan_contract("too-strict", gate={"accuracy": 1.0, "auc": 1.0})
    )
    laptop.notified("contract_published", "too-strict")

    run = laptop.report("drop", "too-strict", str(rows), "--wait", expect=1)

    assert run["status"] == "refused"
    failing = next(name for name in ("accuracy", "auc") if name in run["reason"])
    assert f"{run['metrics'][failing]:.4f}" in run["reason"]
    assert "1.0000" in run["reason"]
    assert laptop.notified("run_refused", "too-strict")[0]["message"].count(run["reason"]) == 1
    assert laptop.report("models", "too-strict") == []


def test_a_model_that_meets_its_gate_is_registered_with_its_metrics_and_waits_for_approval(
    laptop: Laptop, live_loan: str
) -> None:
    registered = laptop.notified("model_registered", live_loan)[0]
    arn = registered["model_package_arn"]
    run = next(run for run in laptop.report("runs") if run["usecase"] == live_loan)
    assert (run["status"], run["model_package"]) == ("registered", arn)
    assert run["metrics"]["auc"] > 0.9

    package = laptop.client("sagemaker").describe_model_package(ModelPackageName=arn)
    report = package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"].split(f"{laptop.bucket}/")[1]
    assert '"binary_classification_metrics"' in laptop.read(report)


def test_a_rejected_model_is_told_and_not_deployed(laptop: Laptop, live_loan: str, rows: Path) -> None:
    laptop.put("contracts/rejected/contract.yaml", loan_contract("rejected"))
    laptop.notified("contract_published", "rejected")
    laptop.dropforge("drop", "rejected", str(rows), "--wait")

    laptop.dropforge("reject", "rejected", "1", "--comment", "not fair to the young")

    assert "not fair to the young" in str(laptop.notified("model_rejected", "rejected")[0])
    assert not [e for e in laptop.executions("Deployment") if e["input"]["usecase"] == "rejected"]


def test_the_same_drop_twice_gives_the_same_model_and_the_same_verdict(laptop: Laptop, rows: Path) -> None:
    laptop.put("contracts/twice/contract.yaml", loan_contract("twice"))
    laptop.notified("contract_published", "twice")

    first, second = (laptop.report("drop", "twice", str(rows), "--wait") for _ in range(2))

    assert first["run"] != second["run"]
    assert manifest(laptop, first["run"]) == manifest(laptop, second["run"])
    verdicts = [laptop.read(f"runs/twice/{run['run']}/evaluation/verdict.json") for run in (first, second)]
    assert verdicts[0] == verdicts[1]


def manifest(laptop: Laptop, run: str) -> object:
    """The digest of every file of the run's model, as the model itself states them."""
    key = f"runs/twice/{run}/model/{run}-train/output/model.tar.gz"
    body = laptop.client("s3").get_object(Bucket=laptop.bucket, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        found = archive.extractfile("manifest.json")
        assert found is not None
        return json.load(found)

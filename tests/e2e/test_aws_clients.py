"""The loop with the plain AWS CLI, nothing of ours in between."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from localcloud.tests.patience import eventually
from tests.e2e.laptop import Laptop, loan_contract, loan_rows, without_target

pytestmark = pytest.mark.e2e


def test_the_aws_cli_alone_drives_the_loop(laptop: Laptop, rows: Path, tmp_path: Path) -> None:
    contract = tmp_path / "contract.yaml"
    contract.write_text(loan_contract("by-hand"))
    laptop.aws("s3", "cp", str(contract), f"s3://{laptop.bucket}/contracts/by-hand/contract.yaml")
    laptop.notified("contract_published", "by-hand")
    laptop.aws("s3", "cp", str(rows), f"s3://{laptop.bucket}/drops/by-hand/loan.csv")
    group = f"{laptop.stack}-by-hand"

    package = eventually(
        lambda: laptop.aws("sagemaker", "list-model-packages", "--model-package-group-name", group)[
            "ModelPackageSummaryList"
        ],
        "a registered model",
    )[0]["ModelPackageArn"]
    laptop.aws(
        "sagemaker",
        "update-model-package",
        "--model-package-arn",
        package,
        "--model-approval-status",
        "Approved",
    )
    endpoints = ("sagemaker", "list-endpoints", "--name-contains", group, "--status-equals", "InService")
    eventually(lambda: laptop.aws(*endpoints)["Endpoints"], "an endpoint in service")

    one = tmp_path / "one.csv"
    one.write_text(without_target(loan_rows(1)))
    answer = tmp_path / "answer.json"
    laptop.aws(
        "sagemaker-runtime", "invoke-endpoint", "--endpoint-name", group, "--content-type", "text/csv",
        "--accept", "application/json", "--body", f"fileb://{one}", str(answer),
    )  # fmt: skip
    assert {"label", "probability", "confidence"} <= set(json.loads(answer.read_text())["predictions"][0])

    machine = laptop.output("TrainingStateMachineArn")
    listed = laptop.aws("stepfunctions", "list-executions", "--state-machine-arn", machine)["executions"]
    ours = next(item for item in listed if item["name"].startswith("by-hand-"))
    history = laptop.aws(
        "stepfunctions",
        "get-execution-history",
        "--execution-arn",
        ours["executionArn"],
        "--max-items",
        "1000",
    )["events"]
    assert next(event["type"] for event in history) == "ExecutionStarted"
    assert history[-1]["type"] == "ExecutionSucceeded"
    log = laptop.aws(
        "logs", "filter-log-events", "--log-group-name", "/aws/sagemaker/TrainingJobs",
        "--log-stream-name-prefix", ours["name"],
    )  # fmt: skip
    assert any("validation-auc" in event["message"] for event in log["events"])

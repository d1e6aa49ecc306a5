"""SIGKILL at eight points of the loop, then `up`: nothing is lost, and the loop reaches the same end."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli import local
from localcloud.tests.patience import eventually
from tests.e2e.laptop import Laptop, loan_contract, without_target

pytestmark = [pytest.mark.e2e, pytest.mark.thorough]
_USECASE = "killed"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path)
    home.start()
    yield home
    home.stop()


class Home(Laptop):
    """A laptop whose cloud can be killed; the inbox is kept by the cloud."""

    def kill_and_up(self) -> None:
        cloud = local.read(Path(self.environment["DROPFORGE_HOME"]) / "current.json")
        assert cloud is not None
        os.kill(cloud.pid, signal.SIGKILL)
        port = int(cloud.endpoint_url.rsplit(":", 1)[1])
        # Its sockets are closed when the last of its threads has ended, which is after the process is gone.
        eventually(lambda: not local.exists(cloud.pid) and _is_free(port), "the end of the process")
        self.dropforge("up", "--port", str(port), "--detach")

    def jobs(self, kind: str) -> list[dict[str, Any]]:
        maker = self.client("sagemaker")
        found = maker.list_processing_jobs() if kind == "Processing" else maker.list_training_jobs()
        return [
            {"name": job[f"{kind}JobName"], "status": job[f"{kind}JobStatus"]}
            for job in found[f"{kind}JobSummaries"]
        ]

    def works_at(self, kind: str, step: str) -> Callable[[], bool]:
        return lambda: any(step in job["name"] and job["status"] == "InProgress" for job in self.jobs(kind))

    def training(self) -> dict[str, Any]:
        """The latest run."""
        runs = sorted(self.executions("Training"), key=lambda run: str(run["startDate"]))
        return runs[-1] if runs else {"status": "none"}

    def packages(self) -> list[dict[str, Any]]:
        try:
            listed = self.client("sagemaker").list_model_packages(
                ModelPackageGroupName=f"{self.stack}-{_USECASE}"
            )
        except ClientError:
            return []
        return list(listed["ModelPackageSummaryList"])

    def endpoint(self) -> str:
        try:
            found = self.client("sagemaker").describe_endpoint(EndpointName=f"{self.stack}-{_USECASE}")
        except ClientError:
            return "none"
        return str(found["EndpointStatus"])


def test_eight_kills_and_the_loop_ends_as_if_there_were_none(home: Home, rows: Path) -> None:
    home.put(f"contracts/{_USECASE}/contract.yaml", loan_contract(_USECASE))
    home.kill_and_up()  # 1: the contract was just put
    home.notified("contract_published", _USECASE)

    version = home.put(f"drops/{_USECASE}/may.csv", rows.read_bytes())
    home.kill_and_up()  # 2: the drop was just put
    eventually(lambda: home.training()["status"] == "SUCCEEDED", "the end of the run")
    assert home.training()["input"]["version_id"] == version
    assert len(home.packages()) == 1

    _drop_and_kill(home, rows, "Processing", "-process")  # 3: while processing
    _drop_and_kill(home, rows, "Training", "-train")  # 4: while training
    assert len(home.packages()) == 3

    home.put(f"drops/{_USECASE}/may.csv", rows.read_bytes())
    eventually(lambda: len(home.packages()) == 4, "the fourth model package")
    home.kill_and_up()  # 5: after the registration
    eventually(lambda: home.training()["status"] == "SUCCEEDED", "the end of the run")
    assert {package["ModelApprovalStatus"] for package in home.packages()} == {"PendingManualApproval"}
    assert home.notified("model_registered", _USECASE, 4)

    home.dropforge("approve", _USECASE, "4")
    eventually(lambda: home.endpoint() == "Creating", "the deployment")
    home.kill_and_up()  # 6: while deploying
    home.notified("deployed", _USECASE)
    assert home.endpoint() == "InService"

    header, *lines = without_target(rows.read_text()).splitlines()
    home.put(f"inference/{_USECASE}/applicants.csv", "\n".join([header, *lines[:300]]))
    eventually(lambda: home.executions("Inference"), "the inference")
    home.kill_and_up()  # 7: while predicting
    eventually(lambda: home.keys(f"predictions/{_USECASE}/applicants"), "the predictions")
    ended = eventually(lambda: _ended(home.executions("Inference")), "the end of the inference")
    assert [item["status"] for item in ended] == ["SUCCEEDED"]

    home.client("cloudwatch").set_alarm_state(
        AlarmName=f"{home.stack}-{_USECASE}-5xx", StateValue="ALARM", StateReason="for the test"
    )
    home.kill_and_up()  # 8: the alarm was just raised
    home.notified("alarm", _USECASE)
    assert home.endpoint() == "InService" or eventually(
        lambda: home.endpoint() == "InService", "the endpoint"
    )
    assert len(home.packages()) == 4
    assert home.read(f"drops/{_USECASE}/may.csv") == rows.read_text()


def _drop_and_kill(home: Home, rows: Path, kind: str, step: str) -> None:
    """The job that was cut off ended Failed; its run started it again under another name and went on."""
    home.put(f"drops/{_USECASE}/may.csv", rows.read_bytes())
    eventually(home.works_at(kind, step), "the job")
    home.kill_and_up()
    eventually(lambda: home.training()["status"] == "SUCCEEDED", "the end of the run")
    job = f"{home.training()['name']}{step}"
    ended = {each["name"]: each["status"] for each in home.jobs(kind) if each["name"].startswith(job)}
    assert ended == {job: "Failed", f"{job}-l1": "Completed"}


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _ended(executions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [item for item in executions if item["status"] != "RUNNING"]

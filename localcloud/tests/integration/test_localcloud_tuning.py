"""A state machine that tunes, in a whole local cloud whose policies decide: to its end, through a kill, and
given up."""

from __future__ import annotations

import io
import json
import signal
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localcloud.tests.integration.localcloud_process import TinyCloud
from localcloud.tests.patience import eventually

APP = Path(__file__).with_name("tuning_app")
IMAGE = "tune:local"
ARGUMENTS = (
    *("--template", str(APP / "template.yaml"), "--stack", "tiny"),
    *("--parameter", f"ImageUri={IMAGE}", "--image", f"{IMAGE}={APP}:image/Dockerfile"),
)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyCloud]:
    running = TinyCloud(tmp_path_factory.mktemp("tuning") / "state", iam=True).start(*ARGUMENTS)
    yield running
    assert running.stop() == 0, running.log()


def started(cloud: TinyCloud, name: str, trials: int, pause: float = 0.0, tickets: Path | str = "") -> str:
    given = json.dumps({"name": name, "trials": trials, "pause": str(pause), "tickets": str(tickets)})
    states = cloud.client("stepfunctions")
    return str(states.start_execution(stateMachineArn=cloud.outputs["Tune"], input=given)["executionArn"])


def described(cloud: TinyCloud, name: str) -> dict[str, Any]:
    found: dict[str, Any] = cloud.client("sagemaker").describe_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name
    )
    return found


def counted(cloud: TinyCloud, name: str, status: str) -> int:
    """How many of the trials are in that state."""
    try:
        return int(described(cloud, name)["TrainingJobStatusCounters"][status])
    except cloud.client("sagemaker").exceptions.ResourceNotFound:
        return 0


def put_tickets(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).touch()


def test_the_best_trial_goes_on(cloud: TinyCloud) -> None:
    """The task's result is the tuning job's description; its end is on the bus."""
    ended = cloud.ended(started(cloud, "whole", 8))
    assert ended["status"] == "SUCCEEDED", ended.get("cause")
    output = json.loads(ended["output"])
    assert output["value"] > 0.85
    key = output["model"].partition(f"{cloud.outputs['Bucket']}/")[2]
    body = cloud.client("s3").get_object(Bucket=cloud.outputs["Bucket"], Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        member = archive.extractfile("x")
        assert member is not None
        assert 1 - abs(float(member.read()) - 0.6) == pytest.approx(output["value"], abs=1e-3)
    event = cloud.heard(lambda event: event["detail"]["HyperParameterTuningJobStatus"] == "Completed", "Told")
    assert event["resources"] == [described(cloud, "whole")["HyperParameterTuningJobArn"]]
    assert event["detail"]["TrainingJobStatusCounters"]["Completed"] == 8


def test_a_kill_costs_the_trials_that_ran_and_nothing_else(cloud: TinyCloud, tmp_path: Path) -> None:
    """SIGKILL in the middle: the same job and the same execution reach their end at the next start."""
    put_tickets(tmp_path, "first", "second")
    arn = started(cloud, "killed", 4, tickets=tmp_path)
    eventually(lambda: [counted(cloud, "killed", status) for status in ("Completed", "InProgress")] == [2, 2])
    assert cloud.process is not None
    cloud.process.send_signal(signal.SIGKILL)
    cloud.process.wait()
    (cloud.state / "cloud.json").unlink()
    cloud.start(*ARGUMENTS)
    put_tickets(tmp_path, "third", "fourth")
    ended = cloud.ended(arn)
    assert ended["status"] == "SUCCEEDED", ended.get("cause")
    assert counted(cloud, "killed", "Completed") == 4
    assert counted(cloud, "killed", "RetryableError") == 2


def test_an_execution_that_is_stopped_stops_its_tuning_job(cloud: TinyCloud) -> None:
    arn = started(cloud, "given-up", 50, pause=0.4)
    eventually(lambda: counted(cloud, "given-up", "Completed"))
    cloud.client("stepfunctions").stop_execution(executionArn=arn)
    stopped = eventually(lambda: described(cloud, "given-up")["HyperParameterTuningJobStatus"] == "Stopped")
    assert stopped
    assert described(cloud, "given-up")["BestTrainingJob"]["TrainingJobStatus"] == "Completed"

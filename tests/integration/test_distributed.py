"""The project's own training on several machines of the local cloud: one model, as good as that of one."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from localcloud.fence import GUARD
from localcloud.services.sagemaker import Image
from localcloud.tests.patience import eventually
from localcloud.tests.unit.sagemaker.laptop import IMAGE, ROLE, FakePorts, Laptop
from localcloud.tests.unit.sagemaker.test_jobs import unpacked
from tests.unit.training.learning import Job, contract_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
ROWS, HELD_OUT = 2000, 500


class TrainingImage(FakePorts):
    """CloudPorts with the project's image, and with the fence in its processes."""

    def image(self, uri: str) -> Image:
        env = {"PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'core'}"}
        return Image([sys.executable, "-m", "training"], env, ROOT, "sha256:" + "a" * 64)


@pytest.fixture
def laptop(base_cloud: str, tmp_path: Path) -> Iterator[Laptop]:
    fence = tmp_path / "fence"
    fence.mkdir()
    (fence / "sitecustomize.py").write_text(f"import runpy\nrunpy.run_path({str(GUARD)!r})\n")
    ports = TrainingImage(base_cloud, fence={"PYTHONPATH": str(fence)})
    made = Laptop(tmp_path / "state", ports, "distributed")
    yield made
    made.close()


def give(laptop: Laptop, folder: Path) -> None:
    contract = contract_of(
        "binary", algorithm={"name": "xgboost", "parameters": {"rounds": 20, "max_depth": 4}}
    )
    rows = rows_of("binary", ROWS + HELD_OUT)
    Job(folder, contract).give(rows[:ROWS], rows[ROWS:])
    for file in (folder / "input" / "data").rglob("*.*"):
        laptop.put(f"run/{file.relative_to(folder / 'input' / 'data').as_posix()}", file.read_bytes())


def start(laptop: Laptop, name: str, machines: int) -> None:
    channels = [
        {
            "ChannelName": channel,
            "DataSource": {
                "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": laptop.uri(f"run/{channel}/")}
            },
        }
        for channel in ("train", "validation", "transform", "contract")
    ]
    laptop.sagemaker.create_training_job(
        TrainingJobName=name,
        AlgorithmSpecification={
            "TrainingImage": IMAGE,
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "auc", "Regex": r"validation-auc:([-0-9.e+]+)"}],
        },
        RoleArn=ROLE,
        InputDataConfig=channels,
        OutputDataConfig={"S3OutputPath": laptop.uri("model")},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": machines, "VolumeSizeInGB": 10},
        StoppingCondition={"MaxRuntimeInSeconds": 300},
    )


def ended(laptop: Laptop, name: str) -> dict[str, Any]:
    def over() -> Any:
        job = laptop.sagemaker.describe_training_job(TrainingJobName=name)
        return job if job["TrainingJobStatus"] != "InProgress" else None

    job: dict[str, Any] = eventually(over)
    log = (laptop.state / "jobs/training-job" / name / "log").read_text()
    assert job["TrainingJobStatus"] == "Completed", f"{job.get('FailureReason')}\n{log}"
    return job


def facts(laptop: Laptop, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        unpacked(laptop.get(f"model/{name}/output/model.tar.gz"))["training.json"]
    )
    return found


def test_two_machines_reach_what_one_does_and_write_one_model(laptop: Laptop, tmp_path: Path) -> None:
    """And two such jobs at once do not disturb one another."""
    give(laptop, tmp_path / "job")
    start(laptop, "alone", 1)
    alone = ended(laptop, "alone")["FinalMetricDataList"][0]["Value"]
    for name in ("left", "right"):
        start(laptop, name, 2)

    for name in ("left", "right"):
        assert abs(ended(laptop, name)["FinalMetricDataList"][0]["Value"] - alone) < 0.01
        assert facts(laptop, name)["hosts"] == 2
        other = (laptop.state / "jobs/training-job" / name / "algo-2/log").read_text()
        assert "algo-2 has done its part" in other
    assert facts(laptop, "left")["metrics"] == facts(laptop, "right")["metrics"]

"""The pytest fixture, and the distribution that brings it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from localcloud.pytest_plugin import *  # noqa: F403 - what the entry point gives to a project that installs it
from localcloud.tests.patience import eventually

if TYPE_CHECKING:
    from localcloud.pytest_plugin import Clouds, IsolatedCloud

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = {
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}}},
    "Outputs": {"Url": {"Value": {"Ref": "Queue"}}},
}


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_has_a_cloud_of_its_own(localcloud: IsolatedCloud, tmp_path: Path, turn: str) -> None:
    """What one test made another does not see."""
    sqs = localcloud.client("sqs")
    assert not sqs.list_queues().get("QueueUrls")
    template = tmp_path / "template.json"
    template.write_text(json.dumps(TEMPLATE))
    url = localcloud.deploy(template)["Url"]
    sqs.send_message(QueueUrl=url, MessageBody=turn)
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == turn


def test_the_next_cloud_is_ready_at_once(localcloud_clouds: Clouds) -> None:
    """Not waited for, given that the test before took as long as a cloud takes to start."""
    localcloud_clouds.take().stop()
    begun = time.monotonic()
    _, log = localcloud_clouds._spare
    eventually(lambda: " up: http" in log.read_text())
    a_start = time.monotonic() - begun
    begun = time.monotonic()
    cloud = localcloud_clouds.take()
    took = time.monotonic() - begun
    cloud.stop()
    assert took < a_start


def test_the_distribution_is_whole(tmp_path: Path) -> None:
    """A wheel is made of the folder alone, with every module, the plugin and the README."""
    pytest.importorskip("hatchling")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT / "localcloud",
        check=True,
        capture_output=True,
    )
    wheel = next(tmp_path.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
        meta = next(name for name in inside if name.endswith("METADATA"))
        points = archive.read(meta.replace("METADATA", "entry_points.txt")).decode()
        described = archive.read(meta).decode()
    modules = {
        f"localcloud/{path.relative_to(ROOT / 'localcloud').as_posix()}"
        for path in (ROOT / "localcloud").rglob("*")
        if path.suffix in (".py", ".toml")
        and path.name != "pyproject.toml"
        and ROOT / "localcloud/tests" not in path.parents
    }
    assert modules <= inside
    assert "localcloud = localcloud.pytest_plugin" in points
    assert "SAM template" in described

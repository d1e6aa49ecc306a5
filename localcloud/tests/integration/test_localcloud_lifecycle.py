"""Starting and stopping the local cloud: what it says, what it keeps, what it leaves behind."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest

from localcloud.tests.integration.localcloud_process import APP, ROOT, TinyCloud, free_port

pytestmark = pytest.mark.slow


def refused(command: list[str]) -> str:
    """What the command says when it ends with exit code 2."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    return done.stdout


def listening(pid: int) -> list[str]:
    """The addresses on which a process listens (Linux)."""
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        target = str(descriptor.readlink())
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    rows = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    return [row[1].split(":")[0] for row in rows if row[3] == "0A" and row[9] in inodes]


def test_state_survives_a_restart_and_nothing_is_left_running(tmp_path: Path) -> None:
    """Buckets and objects are there again, deploying the same template again changes nothing, no process
    stays."""
    cloud = TinyCloud(tmp_path / "state").start()
    assert cloud.process is not None
    assert set(listening(cloud.process.pid)) <= {"0100007F"}, "it listens on 127.0.0.1 only"
    cloud.client("s3").put_object(Bucket=cloud.outputs["Bucket"], Key="kept", Body=b"kept")
    cloud.invoke({})
    assert cloud.stop() == 0, cloud.log()
    assert not (tmp_path / "state" / "cloud.json").exists()
    processes = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(tmp_path) not in processes

    again = TinyCloud(tmp_path / "state").start()
    try:
        kept = again.client("s3").get_object(Bucket=again.outputs["Bucket"], Key="kept")
        assert kept["Body"].read() == b"kept"
        assert again.invoke({})[1]["said"] == "hello"
        assert "in use by the local cloud" in refused(TinyCloud(tmp_path / "state").command())
    finally:
        assert again.stop() == 0


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    """Which port, and what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused(TinyCloud(tmp_path / "state", port).command())
    assert f"port {port} on 127.0.0.1 is taken" in said
    assert "--port" in said


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        ("Type: AWS::Nothing::AtAll", "AWS::Nothing::AtAll"),
        (
            (
                "Type: AWS::Serverless::Function\n"
                "    Properties: {CodeUri: nowhere/, Handler: a.b, Runtime: python3.13}"
            ),
            "Thing: there is no",
        ),
    ],
)
def test_a_template_that_cannot_be_deployed_is_told_by_resource(
    tmp_path: Path, resource: str, reason: str
) -> None:
    """Which resource, and why."""
    template = tmp_path / "template.yaml"
    template.write_text(
        "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\n"
        f"Resources:\n  Thing:\n    {resource}\n"
    )
    cloud = TinyCloud(tmp_path / "state", free_port())
    assert reason in refused(cloud.command("--template", str(template), "--stack", "bad"))


def test_an_image_that_needs_a_container_is_told_by_line(tmp_path: Path) -> None:
    """The Dockerfile's line that cannot be done here is named."""
    (tmp_path / "Dockerfile").write_text("FROM python:3.13\nRUN apt-get install curl\n")
    cloud = TinyCloud(tmp_path / "state", free_port())
    said = refused(
        cloud.command("--template", str(APP / "template.yaml"), "--image", f"x={tmp_path}:Dockerfile")
    )
    assert "line 2" in said

"""A local cloud as its own process, as everybody runs it, with the tiny application deployed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from localcloud.tests.patience import PATIENCE, eventually

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[3]
APP = Path(__file__).with_name("localcloud_app")
IMAGE = "tiny:local"
ACCOUNT = "000000000000"
"""Given as the access key, it makes a caller the root user of this account."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def client_of(port: int, service: str, key: str = ACCOUNT, secret: str = "local", **more: Any) -> Any:
    """A boto3 client of what answers on that port of this machine."""
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        **more,
    )


def lives(pid: int) -> bool:
    """Whether the process runs; one that ended and was not waited for does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def program(name: str) -> str:
    """A program that was installed beside this Python."""
    return str(Path(sys.executable).with_name(name))


@dataclass
class TinyCloud:
    """One running process; `outputs` are those of the stack `tiny`."""

    state: Path
    port: int = field(default_factory=free_port)
    # Tests of single services use roles that nobody made; where applications run, policies decide.
    iam: bool = False
    # Folders that its process imports from before all others.
    packages: tuple[Path, ...] = ()
    process: subprocess.Popen[str] | None = None

    def start(self, *arguments: str) -> TinyCloud:
        with (self.state.parent / f"{self.state.name}.log").open("w") as log:
            self.process = subprocess.Popen(
                self.command(*arguments),
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (*self.packages, ROOT)))},
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
            )
        process = self.process
        eventually(lambda: (self.state / "cloud.json").exists() or process.poll() is not None)
        assert process.poll() is None, self.log()
        return self

    def command(self, *arguments: str) -> list[str]:
        template = arguments or (
            "--template",
            str(APP / "template.yaml"),
            "--stack",
            "tiny",
            "--parameter",
            f"ImageUri={IMAGE}",
            "--image",
            f"{IMAGE}={APP}:image/Dockerfile",
        )
        return [
            sys.executable,
            "-m",
            "localcloud",
            "up",
            "--port",
            str(self.port),
            "--state",
            str(self.state),
            *(["--build", os.environ["LOCALCLOUD_BUILD"]] if "LOCALCLOUD_BUILD" in os.environ else []),
            *([] if self.iam else ["--no-iam"]),
            *template,
        ]

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def log(self) -> str:
        return (self.state.parent / f"{self.state.name}.log").read_text()

    def client(self, service: str, key: str = ACCOUNT, secret: str = "local", **more: Any) -> Any:
        return client_of(self.port, service, key, secret, **more)

    @property
    def outputs(self) -> dict[str, str]:
        stack = self.client("cloudformation").describe_stacks(StackName="tiny")["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def invoke(self, event: Any) -> tuple[str | None, Any]:
        answer = self.client("lambda").invoke(FunctionName="tiny-echo", Payload=json.dumps(event))
        return answer.get("FunctionError"), json.loads(answer["Payload"].read())

    def run(self, machine: str, given: Any) -> dict[str, Any]:
        """Run an execution of a machine (an output's name) to its end."""
        states = self.client("stepfunctions")
        started = states.start_execution(stateMachineArn=self.outputs[machine], input=json.dumps(given))
        return self.ended(started["executionArn"])

    def ended(self, arn: str) -> dict[str, Any]:
        states = self.client("stepfunctions")
        return eventually(lambda: _if_ended(states.describe_execution(executionArn=arn)))

    def heard(self, wanted: Callable[[dict[str, Any]], bool], queue: str = "QueueUrl") -> dict[str, Any]:
        """The first event that the function passed on to the queue and that is wanted; others are dropped."""
        sqs, url = self.client("sqs"), self.outputs[queue]

        def look() -> dict[str, Any] | None:
            for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                event: dict[str, Any] = json.loads(message["Body"])
                if wanted(event):
                    return event
            return None

        return eventually(look)


def _if_ended(execution: dict[str, Any]) -> dict[str, Any] | None:
    return None if execution["status"] == "RUNNING" else execution


def settled(formation: Any, stack: str) -> str:
    """The stack's status once nothing is done to it any more, or GONE."""

    def look() -> str | None:
        try:
            status = str(formation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])
        except ClientError:
            return "GONE"
        return None if status.endswith("_IN_PROGRESS") else status

    return str(eventually(look))

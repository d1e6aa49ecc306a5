"""pytest: `localcloud`, a cloud of a test's own.

    def test_orders(localcloud):
        outputs = localcloud.deploy("template.yaml")
        localcloud.client("sqs").send_message(QueueUrl=outputs["Incoming"], MessageBody="…")

Each test gets an empty cloud in a process of its own, which ends with the test. While one test runs, the
cloud of the next is started already, so only the first test waits for its start. Builds (layers,
requirements) are shared by all. `localcloud_arguments`, overridden in a conftest, gives further arguments of
`python -m localcloud up`, such as --image or --time-scale.

The cost: one idle process more than is in use.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_READY_SECONDS = 60.0
_STOP_SECONDS = 30.0
_READY = " up: http"
_ACCOUNT, _REGION = "000000000000", "us-east-1"


@dataclass(frozen=True)
class IsolatedCloud:
    """A running cloud and what a test does with it."""

    process: subprocess.Popen[bytes]
    log: Path
    build: Path
    endpoint_url: str

    @property
    def environment(self) -> dict[str, str]:
        """What points any AWS tool at this cloud."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": _ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": _REGION,
            "AWS_DEFAULT_REGION": _REGION,
        }

    def client(self, service: str) -> Any:
        """A boto3 client of this cloud."""
        return boto3.session.Session().client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.endpoint_url,
            region_name=_REGION,
            aws_access_key_id=_ACCOUNT,
            aws_secret_access_key="local",  # noqa: S106 - not a secret
        )

    def deploy(
        self, template: str | Path, stack: str = "test", parameters: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """Deploy or update a SAM template; the stack's outputs."""
        from localcloud.deploy.deployer import Deployer

        bucket = f"localcloud-artifacts-{_ACCOUNT}-{_REGION}"
        deployer = Deployer(
            self.client("cloudformation"), self.client("s3"), self.build, bucket, lambda _: None
        )
        return deployer.deploy(Path(template), stack, parameters or {})

    def stop(self) -> None:
        """End it and everything that it started."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Clouds:
    """Hands out clouds and keeps one spare."""

    def __init__(self, folder: Path, build: Path, arguments: Sequence[str]) -> None:
        self._folder, self._build, self._arguments = folder, build, list(arguments)
        self._made = 0
        self._spare = self._start()

    def take(self) -> IsolatedCloud:
        """A running cloud; the next one starts meanwhile."""
        process, log = self._spare
        url = self._url(process, log)
        self._spare = self._start()
        return IsolatedCloud(process, log, self._build, url)

    def close(self) -> None:
        """End the spare."""
        process, log = self._spare
        IsolatedCloud(process, log, self._build, "").stop()

    def _start(self) -> tuple[subprocess.Popen[bytes], Path]:
        self._made += 1
        state = self._folder / f"cloud-{self._made}"
        log = state.with_suffix(".log")
        command = [sys.executable, "-m", "localcloud", "up", "--with-parent", "--port", "0"]
        command += ["--state", str(state), "--build", str(self._build), *self._arguments]
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        return process, log

    @staticmethod
    def _url(process: subprocess.Popen[bytes], log: Path) -> str:
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            said = log.read_text("utf-8", "replace")
            if _READY in said:
                return "http" + said.split(_READY, 1)[1].split()[0]
            if process.poll() is not None:
                break
            time.sleep(0.01)
        raise RuntimeError(f"the local cloud did not come up:\n{log.read_text('utf-8', 'replace')}")


@pytest.fixture(scope="session")
def localcloud_arguments() -> Sequence[str]:
    """Further arguments of `python -m localcloud up`; to be overridden."""
    return ()


@pytest.fixture(scope="session")
def localcloud_clouds(
    tmp_path_factory: pytest.TempPathFactory, localcloud_arguments: Sequence[str]
) -> Iterator[Clouds]:
    """The session's clouds. Builds are kept in the folder that LOCALCLOUD_BUILD names, if it names one."""
    folder = tmp_path_factory.mktemp("localcloud")
    build = Path(os.environ.get("LOCALCLOUD_BUILD") or folder / "build").resolve()
    clouds = Clouds(folder, build, localcloud_arguments)
    yield clouds
    clouds.close()


@pytest.fixture
def localcloud(localcloud_clouds: Clouds) -> Iterator[IsolatedCloud]:
    """An empty cloud of the test's own."""
    cloud = localcloud_clouds.take()
    yield cloud
    cloud.stop()

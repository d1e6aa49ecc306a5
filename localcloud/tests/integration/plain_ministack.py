"""MiniStack as it is shipped, in a process of its own on 127.0.0.1: what the mends are seen against."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from localcloud.tests.integration.localcloud_process import ACCOUNT, client_of, free_port
from localcloud.tests.patience import PATIENCE, eventually

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass
class PlainMiniStack:
    """One running process with a state directory of its own."""

    state: Path
    port: int = field(default_factory=free_port)
    # Beside those that keep it on this machine; None leaves one of them out.
    settings: Mapping[str, str | None] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> PlainMiniStack:
        self.state.mkdir(parents=True, exist_ok=True)
        settings: dict[str, str | None] = {
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self.state / "state"),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "LAMBDA_EXECUTOR": "local",
            "DOCKER_HOST": f"unix://{self.state}/no-docker.sock",
            "LOG_LEVEL": "ERROR",
            **self.settings,
        }
        with (self.state / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ministack"],
                env={**os.environ, **{name: value for name, value in settings.items() if value is not None}},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        eventually(self._answers)
        return self

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_ministack/health", timeout=2):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def stop(self, number: int = signal.SIGTERM) -> None:
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(PATIENCE)

    def client(self, service: str, key: str = ACCOUNT, secret: str = "local") -> Any:
        return client_of(self.port, service, key, secret)

"""MiniStack's settings: environment variables that it reads when it is first imported."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from localcloud.errors import CloudError

if TYPE_CHECKING:
    from pathlib import Path


def environment(state_dir: Path, port: int, account: str, region: str) -> dict[str, str]:
    base = state_dir / "ministack"
    return {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_ACCOUNT_ID": account,
        "MINISTACK_REGION": region,
        # `state` restores and writes its records.
        "PERSIST_STATE": "0",
        "STATE_DIR": str(base / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(base / "s3"),
        # No listener beside the endpoint's own, no look at a Docker daemon.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{base}/no-docker.sock",
        "LAMBDA_EXECUTOR": "local",
        "AUTH": "false",
        "LOG_LEVEL": os.environ.get("LOCALCLOUD_LOG_LEVEL", "ERROR"),
    }


def prepare(state_dir: Path, port: int, account: str, region: str) -> None:
    """Set the environment for MiniStack; refuse when it was imported already under other settings."""
    wanted = environment(state_dir, port, account, region)
    if "ministack.app" in sys.modules and any(os.environ.get(k) != v for k, v in wanted.items()):
        raise CloudError(
            "a process can hold one local cloud: MiniStack was already imported with other settings. "
            "Start the second one as its own process: python -m localcloud up"
        )
    os.environ.update(wanted)
    for name in ("LAMBDA_STRICT", "SERVICES", "SFN_MOCK_CONFIG", "LOCALSTACK_SFN_MOCK_CONFIG", "USE_SSL"):
        os.environ.pop(name, None)
    # Its caches of unpacked code go where they are removed with the state, not into the machine's /tmp.
    temporary = state_dir / "ministack" / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    os.environ["TMPDIR"] = str(temporary)

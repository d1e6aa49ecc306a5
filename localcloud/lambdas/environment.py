"""The environment and command line of a function's process."""

from __future__ import annotations

import sys
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from localcloud.fence import CHILDREN, GUARD, fence_env

if TYPE_CHECKING:
    from collections.abc import Mapping

_BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
# Nobody listens: traces are never sampled here, and the X-Ray SDK must look nowhere else.
_XRAY = {
    "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
    "_AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1",
    "_AWS_XRAY_DAEMON_PORT": "2000",
    "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
}


@dataclass(frozen=True)
class Folders:
    """Where a worker finds things on this machine, and where it finds the cloud."""

    endpoint_url: str
    runtime: Path
    code: Path
    layers: Path


def command() -> list[str]:
    """The base interpreter, without site packages, a user's packages or the current folder."""
    return [getattr(sys, "_base_executable", None) or sys.executable, "-S", "-s", "-P", "-u", str(_BOOTSTRAP)]


def environment(
    config: Mapping[str, Any],
    variables: Mapping[str, str],
    credentials: Mapping[str, str],
    folders: Folders,
    api: str,
) -> dict[str, str]:
    """What Lambda sets, what the function's configuration sets, and the fence, later ones winning."""
    opt = folders.layers / "python"
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    path = [str(CHILDREN), str(folders.code), str(opt / "lib" / version / "site-packages"), str(opt)]
    return {
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": ":".join(path),
        **variables,
        **_reserved(config, folders),
        **credentials,
        "AWS_LAMBDA_RUNTIME_API": api,
        "AWS_ENDPOINT_URL": folders.endpoint_url,
        **fence_env(),
        "_LOCALCLOUD_FENCE": str(GUARD),
    }


def _reserved(config: Mapping[str, Any], folders: Folders) -> dict[str, str]:
    """The variables that Lambda reserves: a function's configuration cannot set them."""
    name = config["FunctionName"]
    group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
    return {
        **_region(config),
        "_HANDLER": config.get("Handler", ""),
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{config.get('Runtime', 'python')}",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": config.get("Version", "$LATEST"),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": group,
        "AWS_LAMBDA_LOG_STREAM_NAME": f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{uuid.uuid4().hex}",
        "LAMBDA_TASK_ROOT": str(folders.code),
        "LAMBDA_RUNTIME_DIR": str(folders.runtime),
        **_XRAY,
    }


def _region(config: Mapping[str, Any]) -> dict[str, str]:
    parts = str(config.get("FunctionArn", "")).split(":")
    region = parts[3] if len(parts) > 3 and parts[3] else "us-east-1"
    return {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}


def trace_header() -> str:
    """The X-Ray header of an invocation that nobody samples."""
    root = uuid.uuid4().hex
    return f"Root=1-{root[:8]}-{root[8:32]};Parent={uuid.uuid4().hex[:16]};Sampled=0"

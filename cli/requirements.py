"""The requirements files beside the deployables, exported from uv.lock.

`sam build`, the image's Dockerfile and the local cloud install with hashes from a plain requirements file, so
each deployable carries one. They are derived: `./dropforge lock` writes them and the test command compares.
The cost is that the same pins stand twice in the repository.
"""

import os
import subprocess
import sys
from pathlib import Path

from cli.errors import UserError
from cli.paths import ROOT

EXPORTS = {
    "layer": "layers/core/requirements.txt",
    "image": "training/requirements.txt",
    "start": "cli/start/requirements.txt",
}
OFFLINE = {"UV_OFFLINE": "1"}


def uv(*arguments: str, offline: bool = False) -> str:
    """The output of uv, run on this project without ever downloading a Python."""
    program = Path(sys.prefix) / "bin" / "uv"
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", **(OFFLINE if offline else {})}
    done = subprocess.run(
        [str(program), *arguments, "--project", str(ROOT)],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    if done.returncode:
        raise UserError(f"uv {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout


def export(group: str) -> str:
    """What one group locks, with hashes and without where it was locked from."""
    return uv(
        "export", "--frozen", "--no-emit-project", "--only-group", group,
        "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links",
        offline=True,
    )  # fmt: skip


def check_lock() -> None:
    """The lock has to be of this pyproject.toml; no network is needed to see that."""
    uv("lock", "--check", offline=True)


def write_exports() -> list[str]:
    """Write every export that changed; the answer names them."""
    changed = stale_exports()
    for group, file in EXPORTS.items():
        if file in changed:
            (ROOT / file).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / file).write_text(export(group), encoding="utf-8")
    return changed


def stale_exports() -> list[str]:
    """The requirements files that differ from the lock or are missing."""
    return [file for group, file in EXPORTS.items() if _text(ROOT / file) != export(group)]


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None

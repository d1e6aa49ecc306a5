"""Installing locked requirements with uv, cached by what they say and for which Python."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from localcloud.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

Report = Callable[[str], None]


def installed_target(requirements: Path, cache: Path, report: Report) -> Path:
    """A folder with the packages of a hash-locked requirements file, as `pip install --target` makes it."""
    target = cache / "packages" / _digest(requirements)
    if not target.is_dir():
        report(f"installing {requirements.name} of {requirements.parent.name}")
        partial = _partial(target)
        _uv(
            "pip",
            "install",
            "--quiet",
            "--require-hashes",
            "--no-deps",
            "--python",
            sys.executable,
            "--target",
            str(partial),
            "-r",
            str(requirements),
        )
        _finish(partial, target)
    return target


def installed_environment(requirements: list[Path], cache: Path, report: Report, salt: str = "") -> Path:
    """A virtual environment with the packages of requirements files."""
    digest = hashlib.sha256("".join([salt, *(_digest(path) for path in requirements)]).encode()).hexdigest()[
        :24
    ]
    target = cache / "environments" / digest
    ready = target / ".ready"
    if not ready.exists():
        report(f"building an environment for {', '.join(path.name for path in requirements) or 'the image'}")
        shutil.rmtree(target, ignore_errors=True)
        base = getattr(sys, "_base_executable", None) or sys.executable
        # A virtual environment holds its own path, so it is made in place and marked when it is whole.
        _uv("venv", "--quiet", "--python", base, str(target))
        for path in requirements:
            hashes = ["--require-hashes", "--no-deps"] if "--hash=" in path.read_text("utf-8") else []
            # Compiled at once, as pip does it in a container: jobs may be told to write no bytecode.
            _uv(
                "pip",
                "install",
                "--quiet",
                "--compile-bytecode",
                *hashes,
                "--python",
                str(target / "bin" / "python"),
                "-r",
                str(path),
            )
        ready.touch()
    return target


def _digest(requirements: Path) -> str:
    if not requirements.is_file():
        raise BuildError(f"there is no requirements file {requirements}")
    version = f"{sys.implementation.cache_tag}-{sys.platform}"
    return hashlib.sha256(requirements.read_bytes() + version.encode()).hexdigest()[:24]


def _partial(target: Path) -> Path:
    partial = target.with_name(f".{target.name}-{uuid.uuid4().hex[:8]}")
    partial.parent.mkdir(parents=True, exist_ok=True)
    return partial


def _finish(partial: Path, target: Path) -> None:
    partial.mkdir(exist_ok=True)
    try:
        partial.rename(target)
    except OSError:  # another process was first
        shutil.rmtree(partial, ignore_errors=True)


def _uv(*arguments: str) -> None:
    import uv

    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "UV_NO_CONFIG": "1"}
    environment.pop("VIRTUAL_ENV", None)
    done = subprocess.run(
        [uv.find_uv_bin(), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildError(f"uv {' '.join(arguments)} failed:\n{done.stderr.strip()}")

"""Installing locked requirements with uv, cached by what they say and for which Python."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from localcloud.cached import made_once
from localcloud.deploy.index import with_index
from localcloud.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

Report = Callable[[str], None]


def installed_target(requirements: Path, cache: Path, report: Report) -> Path:
    """A folder with the packages of a hash-locked requirements file, as `pip install --target` makes it."""

    def fill(target: Path) -> None:
        report(f"installing {requirements.name} of {requirements.parent.name}")
        _install(requirements, "--target", str(target), "--python", sys.executable)

    return made_once(cache / "packages" / _digest(requirements), fill)


def installed_environment(requirements: list[Path], cache: Path, report: Report) -> Path:
    """A virtual environment with the packages of requirements files."""
    digests = "".join(_digest(path) for path in requirements)
    digest = hashlib.sha256(digests.encode()).hexdigest()[:24]

    def fill(target: Path) -> None:
        report(f"building an environment for {', '.join(path.name for path in requirements) or 'the image'}")
        base = getattr(sys, "_base_executable", None) or sys.executable
        _uv("venv", "--quiet", "--python", base, str(target))
        for path in requirements:
            # Compiled at once, as pip does it in a container: jobs may be told to write no bytecode.
            _install(path, "--compile-bytecode", "--python", str(target / "bin" / "python"))

    return made_once(cache / "environments" / digest, fill)


def _install(requirements: Path, *options: str) -> None:
    hashes = ["--require-hashes", "--no-deps"] if "--hash=" in requirements.read_text("utf-8") else []
    _uv("pip", "install", "--quiet", *hashes, *options, "-r", str(requirements))


def _digest(requirements: Path) -> str:
    if not requirements.is_file():
        raise BuildError(f"there is no requirements file {requirements}")
    version = f"{sys.implementation.cache_tag}-{sys.platform}"
    return hashlib.sha256(requirements.read_bytes() + version.encode()).hexdigest()[:24]


def _uv(*arguments: str) -> None:
    import uv

    environment = {
        **with_index(os.environ),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
        "UV_NO_CONFIG": "1",
    }
    # The packages' compiled files belong beside them: whoever uses the packages need not have this prefix.
    for name in ("VIRTUAL_ENV", "PYTHONPYCACHEPREFIX"):
        environment.pop(name, None)
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

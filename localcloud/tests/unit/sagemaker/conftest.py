from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from localcloud.front.server import free_port
from localcloud.tests.unit.sagemaker.laptop import FakePorts, Laptop
from localcloud.tests.unit.sagemaker.serving import make_model

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[4]
_numbers = itertools.count()


@pytest.fixture(scope="session")
def base_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where S3, CloudWatch Logs and CloudWatch answer."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "localcloud.tests.unit.sagemaker.base",
        str(tmp_path_factory.mktemp("base")),
        str(port),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield f"http://127.0.0.1:{port}"
        process.communicate(timeout=30)


@pytest.fixture
def laptop(base_cloud: str, tmp_path: Path) -> Iterator[Laptop]:
    made = Laptop(tmp_path / "state", FakePorts(base_cloud), f"bucket-{next(_numbers)}")
    yield made
    made.close()


@pytest.fixture
def served(laptop: Laptop) -> Laptop:
    make_model(laptop, "first")
    return laptop

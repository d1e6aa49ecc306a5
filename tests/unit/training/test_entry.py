"""The image's entry point, as SageMaker calls it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.training.container import REPOSITORY, Container
from training.__main__ import main


@pytest.mark.parametrize("arguments", [[], ["tune"], ["train", "serve"]])
def test_an_unknown_verb_is_a_usage_error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "usage: python -m training process|train|evaluate|serve" in capsys.readouterr().err


def test_a_fault_is_told_to_sagemaker_and_exits_with_1(container: Container) -> None:
    assert container.run("process") == 1
    assert "holds 0 files that match *.json, and should hold 1" in container.said("message")


@pytest.mark.slow
def test_it_runs_as_a_program_with_only_its_own_packages_on_the_path(tmp_path: Path) -> None:
    """The image holds `training` and `dropforge.domain`, and no other part of the project."""
    for package in ("training", "dropforge"):
        (tmp_path / package).mkdir()
    (tmp_path / "training").rmdir()
    (tmp_path / "training").symlink_to(REPOSITORY / "training")
    core = REPOSITORY / "layers" / "core" / "dropforge"
    (tmp_path / "dropforge" / "__init__.py").write_bytes((core / "__init__.py").read_bytes())
    (tmp_path / "dropforge" / "domain").symlink_to(core / "domain")
    settings = {"PYTHONPATH": str(tmp_path), "SAGEMAKER_BASE_DIR": str(tmp_path / "ml")}
    for verb in ("process", "train", "evaluate", "serve"):
        command = [sys.executable, "-W", "error", "-m", "training", verb]
        done = subprocess.run(
            command,
            env=os.environ | settings,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].endswith(
            "the model has no manifest.json" if verb == "serve" else "should hold 1"
        )


@pytest.mark.parametrize("word", ["pickle", "joblib", "cloudpickle", "marshal", "shelve"])
def test_nothing_in_the_image_loads_code_from_data(word: str) -> None:
    for file in (REPOSITORY / "training").rglob("*.py"):
        assert f"import {word}" not in file.read_text(encoding="utf-8")
        assert f"from {word}" not in file.read_text(encoding="utf-8")

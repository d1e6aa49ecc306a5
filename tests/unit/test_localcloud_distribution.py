"""The local cloud is a distribution of its own and a member of this workspace."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_distribution_needs_what_the_lock_has() -> None:
    """Its dependencies are those of this project's group, so that both are one tested set."""
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    alone = tomllib.loads((ROOT / "localcloud" / "pyproject.toml").read_text())["project"]["dependencies"]
    groups = whole["localcloud"] + whole["start"] + whole["runtime"]
    assert set(alone) == {name for name in groups if isinstance(name, str)}


def test_its_own_tests_run_under_the_settings_of_this_project() -> None:
    """Pytest reads the nearest settings: which they are must not make a difference."""
    files = (ROOT / "pyproject.toml", ROOT / "localcloud" / "pyproject.toml")
    whole, alone = (tomllib.loads(file.read_text())["tool"]["pytest"]["ini_options"] for file in files)
    same = ("xfail_strict", "timeout", "filterwarnings")
    assert {name: alone[name] for name in same} == {name: whole[name] for name in same}
    assert set(whole["addopts"]) <= set(alone["addopts"])

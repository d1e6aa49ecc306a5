"""Which package index is used where pip was set up for a mirror."""

from __future__ import annotations

from pathlib import Path

import pytest

from localcloud.deploy.index import pip_index, with_index

MIRROR = "https://mirror.example/simple"


@pytest.mark.parametrize("section", ["global", "install"])
def test_the_index_of_a_user_s_pip_settings_is_found(tmp_path: Path, section: str) -> None:
    file = tmp_path / ".config" / "pip" / "pip.conf"
    file.parent.mkdir(parents=True)
    file.write_text(f"[{section}]\nindex-url = {MIRROR}\n")
    assert pip_index({"HOME": str(tmp_path)}) == MIRROR


def test_the_environment_wins_over_files(tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://other.example/simple\n")
    settings = {"HOME": str(tmp_path), "PIP_CONFIG_FILE": str(tmp_path / "pip.conf")}
    assert pip_index(settings) == "https://other.example/simple"
    assert pip_index({**settings, "PIP_INDEX_URL": MIRROR}) == MIRROR


def test_a_broken_settings_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_bytes(b"index-url = no section\xff\n")
    with_broken = {"HOME": str(tmp_path), "PIP_CONFIG_FILE": str(tmp_path / "pip.conf")}
    assert pip_index(with_broken) == pip_index({"HOME": str(tmp_path)})


def test_uv_is_told_the_index_unless_it_was_told_one_already() -> None:
    assert with_index({"PIP_INDEX_URL": MIRROR})["UV_DEFAULT_INDEX"] == MIRROR
    own = {"PIP_INDEX_URL": MIRROR, "UV_DEFAULT_INDEX": "https://own.example/simple"}
    assert with_index(own) == own

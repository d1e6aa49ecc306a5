"""An object that was being replaced when the cloud was killed is the one it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from localcloud.ministack.s3.replacing import Replacing


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "objects" / "bucket" / "folder" / "key"
    file.parent.mkdir(parents=True)
    write(file, b"old")
    write(file.with_name("key.meta.json"), json.dumps({"size": 3}).encode())
    return file


def write(file: Path, data: bytes) -> None:
    draft = file.with_name("draft.tmp")
    draft.write_bytes(data)
    draft.replace(file)


@pytest.mark.parametrize(
    ("done", "expected"), [((), b"old"), (("key",), b"old"), (("key", "key.meta.json"), b"new bytes")]
)
def test_what_was_replaced_by_half_is_undone(
    tmp_path: Path, data: Path, done: tuple[str, ...], expected: bytes
) -> None:
    killed = Replacing(tmp_path / "replaced").replacing(data)
    killed.__enter__()
    for name in done:
        write(data.with_name(name), b"new bytes" if name == "key" else json.dumps({"size": 9}).encode())
    Replacing(tmp_path / "replaced").undo(tmp_path / "objects")
    assert data.read_bytes() == expected
    assert list((tmp_path / "replaced").iterdir()) == []


def test_nothing_is_left_of_a_replacement(tmp_path: Path, data: Path) -> None:
    """Nor of an object that is new."""
    replacing = Replacing(tmp_path / "replaced")
    for file in (data, data.with_name("new")):
        with replacing.replacing(file):
            write(file, b"new bytes")
    assert list((tmp_path / "replaced").iterdir()) == []

"""Packages are zipped once: what their sources' names, sizes and times say, and what they do not."""

from __future__ import annotations

import os
import shutil
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from localcloud.deploy.archives import Archive, Archives
from localcloud.deploy.zips import zipped
from localcloud.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable


class Opened:
    """Every file that this process opens below a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.files = str(folder), list[str]()
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and self.folder and str(arguments[0]).startswith(self.folder):
            self.files.append(str(arguments[0]))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "a.py").write_text("a = 1\n")
    (folder / "b.py").write_text("b = 1\n")
    return folder


def later() -> int:
    """A time at which everything that a test wrote has rested."""
    return time.time_ns() + 10_000_000_000


def rested(tmp_path: Path) -> Archives:
    return Archives(tmp_path / "build", later)


def test_sources_that_did_not_change_are_not_read_again(tmp_path: Path, source: Path) -> None:
    first = rested(tmp_path).of((source, "python"))
    opened = Opened(source)
    again = rested(tmp_path).of((source, "python"))
    opened.folder = ""
    assert again == first
    assert opened.files == []
    assert again.read() == zipped([(source, "python")])


@pytest.mark.parametrize("clock", [later, time.time_ns], ids=["after a rest", "at once"])
def test_a_byte_that_changed_under_the_same_size_and_time_is_noticed(
    tmp_path: Path, source: Path, clock: Callable[[], int]
) -> None:
    archives = Archives(tmp_path / "build", clock)
    before = archives.of((source, ""))
    status = (source / "a.py").stat()
    (source / "a.py").write_text("a = 2\n")
    os.utime(source / "a.py", ns=(status.st_atime_ns, status.st_mtime_ns))
    after = archives.of((source, ""))
    assert after.digest != before.digest
    assert after.read() == zipped([(source, "")])


def test_times_are_not_trusted_until_they_have_rested(tmp_path: Path, source: Path) -> None:
    """A file may be written twice within one tick of its file system's clock."""
    archives = Archives(tmp_path / "build")
    archives.of((source, ""))
    opened = Opened(source)
    archives.of((source, ""))
    opened.folder = ""
    assert {Path(file).name for file in opened.files} == {"a.py", "b.py"}


def test_another_checkout_shares_the_archive(tmp_path: Path, source: Path) -> None:
    first = rested(tmp_path).of((source, ""))
    shutil.copytree(source, tmp_path / "copy")
    (tmp_path / "copy" / "a.py").touch()
    assert rested(tmp_path).of((tmp_path / "copy", "")).file == first.file


def test_a_prefix_a_name_and_a_mode_are_part_of_what_is_packed(tmp_path: Path, source: Path) -> None:
    archives = rested(tmp_path)
    seen = {archives.of((source, "")).digest, archives.of((source, "python")).digest}
    (source / "a.py").chmod(0o755)
    seen.add(archives.of((source, "")).digest)
    (source / "a.py").rename(source / "c.py")
    seen.add(archives.of((source, "")).digest)
    assert len(seen) == 4


@pytest.mark.parametrize("damage", [b"", b"not a zip", None])
def test_a_damaged_archive_is_made_again(tmp_path: Path, source: Path, damage: bytes | None) -> None:
    archive = rested(tmp_path).of((source, ""))
    if damage is None:
        archive.file.unlink()
    else:
        archive.file.write_bytes(damage)
    assert archive.read() == zipped([(source, "")]) == archive.file.read_bytes()


@pytest.mark.parametrize("damage", [b"", b"0" * 64, b"\xff\xfe", b"../../elsewhere"])
def test_a_damaged_note_is_written_again(tmp_path: Path, source: Path, damage: bytes) -> None:
    first = rested(tmp_path).of((source, ""))
    for note in (tmp_path / "build" / "sources").iterdir():
        note.write_bytes(damage)
    assert rested(tmp_path).of((source, "")) == first


def test_sources_that_change_meanwhile_are_told(tmp_path: Path, source: Path) -> None:
    archive = rested(tmp_path).of((source, ""))
    (source / "a.py").write_text("a = 3\n")
    archive.file.unlink()
    with pytest.raises(BuildError, match=r"source changed while it was packaged; deploy again"):
        archive.read()


def test_what_was_used_longest_ago_makes_room(tmp_path: Path, source: Path) -> None:
    (source / "a.py").write_bytes(os.urandom(1000))
    archives = Archives(tmp_path / "build", later, room=2500)
    made: list[Archive] = []
    for number in range(3):
        (source / "b.py").write_text(f"b = {number}\n")
        made.append(archives.of((source, "")))
        os.utime(made[-1].file, (number, number))
    assert [archive.file.exists() for archive in made] == [False, True, True]
    assert made[0].digest not in {note.read_text() for note in (tmp_path / "build" / "sources").iterdir()}


def test_several_processes_at_once_get_the_same_archive(tmp_path: Path, source: Path) -> None:
    (source / "large.bin").write_bytes(os.urandom(3_000_000))
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        found = set(pool.map(_packed, [tmp_path / "build"] * 4, [source] * 4))
    assert len(found) == 1
    assert [file.name for file in (tmp_path / "build" / "zips").iterdir()] == [f"{found.pop()}.zip"]


def _packed(build: Path, source: Path) -> str:
    archive = Archives(build).of((source, ""))
    assert archive.read() == zipped([(source, "")])
    return archive.digest

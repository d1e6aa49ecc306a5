"""Zips of source folders, kept beside the other builds: what did not change is not zipped again.

An archive is a file named by the SHA-256 of its bytes. Which one belongs to some sources is written down
twice: under a digest of the files' names, sizes and times, which is found without reading them, and under a
digest of their bytes, which a fresh checkout shares with the one before it. A file that changed within the
last two seconds may change again under the same time, so times are trusted only once they have rested.

Several processes may work at once, and a note or an archive that is not what it should be is made anew. Once
all archives are too large together, those that were used longest ago are removed.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from localcloud.cached import only_one, write_whole
from localcloud.deploy.zips import FORMAT, Part, entries, zipped
from localcloud.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_REST_NS = 2_000_000_000
_ROOM_BYTES = 512 << 20


@dataclass(frozen=True)
class Archive:
    """The zip of some folders; it is read only if somebody wants its bytes."""

    digest: str
    file: Path
    parts: Sequence[Part]

    def read(self) -> bytes:
        """Its bytes; made again if the file is gone or damaged."""
        try:
            content = self.file.read_bytes()
        except FileNotFoundError:
            content = b""
        if _sha256(content) == self.digest:
            os.utime(self.file)
            return content
        content = zipped(self.parts)
        if _sha256(content) != self.digest:
            folders = ", ".join(str(folder) for folder, _ in self.parts)
            raise BuildError(f"{folders} changed while it was packaged; deploy again")
        write_whole(self.file, content)
        return content


class Archives:
    """The archives of one build folder."""

    def __init__(
        self, folder: Path, clock: Callable[[], int] = time.time_ns, room: int = _ROOM_BYTES
    ) -> None:
        self._zips, self._notes = folder / "zips", folder / "sources"
        self._clock, self._room = clock, room

    def of(self, *parts: Part) -> Archive:
        """The archive of these folders, each under a prefix."""
        looked = self._clock()
        times, changed = _times(parts)
        digest = self._noted(times)
        if digest is None:
            digest = self._by_bytes(parts)
            if changed < looked - _REST_NS:
                write_whole(self._notes / times, digest.encode())
        return Archive(digest, self._file(digest), parts)

    def _by_bytes(self, parts: Sequence[Part]) -> str:
        key = _bytes(parts)
        with only_one(self._notes / "lock"):
            digest = self._noted(key)
            if digest is None:
                content = zipped(parts)
                digest = _sha256(content)
                write_whole(self._file(digest), content)
                write_whole(self._notes / key, digest.encode())
                self._forget_oldest()
        return digest

    def _noted(self, key: str) -> str | None:
        """What was written down, as long as it names an archive that is there."""
        try:
            digest = (self._notes / key).read_text("ascii")
        except (FileNotFoundError, UnicodeDecodeError):
            return None
        return digest if len(digest) == len(key) and self._file(digest).exists() else None

    def _file(self, digest: str) -> Path:
        return self._zips / f"{digest}.zip"

    def _forget_oldest(self) -> None:
        """Remove archives over the size that is kept, and the notes about archives that are gone."""
        room = self._room
        for file in sorted(self._zips.glob("*.zip"), key=lambda file: file.stat().st_mtime, reverse=True):
            room -= file.stat().st_size
            if room < 0:
                file.unlink()
        for note in self._notes.glob("[0-9a-f]*"):
            if self._noted(note.name) is None:
                note.unlink(missing_ok=True)


def _times(parts: Sequence[Part]) -> tuple[str, int]:
    """A digest of the files' names, sizes and times, and when the youngest of them changed."""
    digest, changed = hashlib.sha256(FORMAT.encode()), 0
    for name, path in entries(parts):
        status = path.stat()
        facts = (status.st_size, status.st_mode, status.st_ino, status.st_mtime_ns, status.st_ctime_ns)
        digest.update(json.dumps([name, *facts]).encode())
        changed = max(changed, status.st_mtime_ns, status.st_ctime_ns)
    return digest.hexdigest(), changed


def _bytes(parts: Sequence[Part]) -> str:
    digest = hashlib.sha256(FORMAT.encode())
    for name, path in entries(parts):
        facts = [name, os.access(path, os.X_OK), _sha256(path.read_bytes())]
        digest.update(json.dumps(facts).encode())
    return digest.hexdigest()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

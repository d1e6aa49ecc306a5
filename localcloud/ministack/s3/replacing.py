"""An object that is replaced when the cloud is killed stays the one it was.

MiniStack replaces an object's file first and then the file of its metadata; killed between the two, it would
serve the new bytes as the old object. While both are replaced, the old bytes have a second name here: the
number of the old metadata's file. If at the next start there still is metadata with that number, it was not
replaced, and gets its bytes back. The cost is two calls of the file system for each replacement.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

_METADATA = ".meta.json"


class Replacing:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    @contextlib.contextmanager
    def replacing(self, data: Path) -> Iterator[None]:
        """An object's file and its metadata are replaced in here, in this order."""
        try:
            old = self._folder / str(_metadata(data).stat().st_ino)
            os.link(data, old)
        except OSError:
            yield  # There is none to be replaced.
            return
        try:
            yield
        finally:
            old.unlink(missing_ok=True)

    def undo(self, objects: Path) -> None:
        """Give back what the last process had replaced by half."""
        interrupted = {int(file.name): file for file in self._folder.iterdir()}
        for metadata in objects.rglob(f"*{_METADATA}") if interrupted else ():
            old = interrupted.get(metadata.stat().st_ino)
            if old is not None and old.stat().st_size == json.loads(metadata.read_bytes()).get("size"):
                old.replace(metadata.with_name(metadata.name.removesuffix(_METADATA)))
        for file in interrupted.values():
            file.unlink(missing_ok=True)


def _metadata(data: Path) -> Path:
    return data.with_name(data.name + _METADATA)

"""The /opt/ml tree of one container, under a folder of its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path, PurePosixPath
from typing import Any

from localcloud.api.errors import ApiError

OPT_ML = PurePosixPath("/opt/ml")


class Tree:
    """`<folder>/opt/ml`, and beside it what the container does not see."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "opt" / "ml"
        self.temporary = folder / "tmp"

    def make(self) -> None:
        """An empty tree; whatever an earlier process left at this place goes."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for path in ("input/config", "input/data", "model", "output/data", "config", "processing"):
            (self.root / path).mkdir(parents=True)
        self.temporary.mkdir()

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def at(self, container_path: str) -> Path:
        """Where a path of the container, such as /opt/ml/processing/input/x, lies here."""
        return self.root / checked_container_path(container_path).relative_to(OPT_ML)

    def write_json(self, path: str, value: Any) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(value), "utf-8")

    def read_message(self, path: str) -> str | None:
        """What the program left for us in output/failure or output/message: its first 1,024 characters."""
        target = self.root / path
        if target.is_symlink() or not target.is_file():
            return None
        with target.open(encoding="utf-8", errors="replace") as stream:
            return stream.read(1024).strip() or None

    def shed(self) -> None:
        """After success: what is in S3 by now goes, configuration and messages stay for the curious."""
        for path in ("input/data", "model", "output/data", "processing", "checkpoints"):
            shutil.rmtree(self.root / path, ignore_errors=True)
        shutil.rmtree(self.temporary, ignore_errors=True)


def checked_container_path(path: str, under: PurePosixPath = OPT_ML) -> PurePosixPath:
    """The path, if it lies under that folder and does not climb; ApiError if not."""
    pure = PurePosixPath(path)
    if ".." in pure.parts or not pure.is_relative_to(under):
        raise ApiError("ValidationException", f"LocalPath {path!r} is not a path under {under}.")
    return pure

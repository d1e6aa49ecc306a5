"""A training job's checkpoints: brought from S3 before it starts, taken to S3 while it runs and at its end.

So a job that is started again with the same S3 URI goes on where the other was cut off. The cost: a file that
the program is writing at this moment may be uploaded half written; the next upload mends it, as on AWS.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from localcloud.services.sagemaker.runtime.data import S3Uri, files_of, restore_folder, send

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from localcloud.services.sagemaker.runtime.tree import Tree
    from localcloud.services.sagemaker.store import Record

DEFAULT_PATH = "/opt/ml/checkpoints"
SAVE_EVERY_SECONDS = 2.0


class Checkpoints:
    def __init__(self, config: Record) -> None:
        self._uri: str = config["S3Uri"]
        self._path: str = config.get("LocalPath") or DEFAULT_PATH
        # Time and size of what S3 has already.
        self._saved: dict[Path, tuple[int, int]] = {}
        self._next = 0.0

    def restore(self, tree: Tree, s3: Any) -> None:
        """What an earlier job left there; that there is nothing is not a fault."""
        folder = tree.at(self._path)
        restore_folder(s3, self._uri, folder)
        self._saved |= {file: _mark(file) for file in files_of(folder)}

    def save_at_times(self, trees: Sequence[Tree], s3: Any) -> None:
        if time.monotonic() >= self._next:
            self.save(trees, s3)
            self._next = time.monotonic() + SAVE_EVERY_SECONDS

    def save(self, trees: Sequence[Tree], s3: Any) -> None:
        """Every file that S3 does not have as it is now; all machines save to one place, as on AWS."""
        for tree in trees:
            self._save(tree, s3)

    def _save(self, tree: Tree, s3: Any) -> None:
        folder = tree.at(self._path)
        for file in list(files_of(folder)):
            try:
                mark = _mark(file)
                if self._saved.get(file) != mark:
                    send(s3, file, S3Uri.of(self._uri).under(file.relative_to(folder).as_posix()), None)
                    self._saved[file] = mark
            except FileNotFoundError:
                # The program tidied up between the look and the upload.
                continue


def _mark(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_mtime_ns, status.st_size

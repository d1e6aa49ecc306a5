"""Code and layers on disk, each unpacked once and named by its digest."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from localcloud.cached import made_once

if TYPE_CHECKING:
    from collections.abc import Sequence


def unpacked(blobs: Sequence[bytes], folder: Path) -> Path:
    """Unpack zips over one another, in order, into a folder of their own; the same zips give the same
    folder."""
    digest = hashlib.sha256(b"".join(hashlib.sha256(blob).digest() for blob in blobs)).hexdigest()

    def fill(target: Path) -> None:
        for blob in blobs:
            _extract(blob, target)

    return made_once(folder / digest[:32], fill)


def _extract(blob: bytes, target: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(blob)) as archive:
        for info in archive.infolist():
            path = Path(archive.extract(info, target))
            mode = info.external_attr >> 16
            if mode and not info.is_dir():
                path.chmod(mode | 0o400)

"""Code and layers on disk, each unpacked once and named by its digest."""

from __future__ import annotations

import hashlib
import io
import shutil
import threading
import uuid
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_lock = threading.Lock()


def unpacked(blobs: Sequence[bytes], folder: Path) -> Path:
    """Unpack zips over one another, in order, into a folder of their own; the same zips give the same
    folder."""
    digest = hashlib.sha256(b"".join(hashlib.sha256(blob).digest() for blob in blobs)).hexdigest()
    target = folder / digest[:32]
    with _lock:
        if not target.is_dir():
            partial = folder / f".{uuid.uuid4().hex}"
            partial.mkdir(parents=True)
            for blob in blobs:
                _extract(blob, partial)
            try:
                partial.rename(target)
            except OSError:  # another process was first
                shutil.rmtree(partial, ignore_errors=True)
    return target


def _extract(blob: bytes, target: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(blob)) as archive:
        for info in archive.infolist():
            path = Path(archive.extract(info, target))
            mode = info.external_attr >> 16
            if mode and not info.is_dir():
                path.chmod(mode | 0o400)

"""Folders as zips, the same bytes for the same files whenever and wherever they are made."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

FORMAT = "deflate 1, times of 1980"
"""Changes with the bytes that `zipped` makes of the same files."""
Part = tuple[Path, str]
"""A folder, and the prefix that its files get in the zip."""

_SKIPPED_FOLDERS = {"__pycache__", ".git", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".aws-sam"}
_EPOCH = (1980, 1, 1, 0, 0, 0)


def zipped(parts: Iterable[Part]) -> bytes:
    """One zip of several folders, each under a prefix."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, path in entries(parts):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (0o755 if os.access(path, os.X_OK) else 0o644) << 16
            archive.writestr(info, path.read_bytes(), compresslevel=1)
    return out.getvalue()


def entries(parts: Iterable[Part]) -> Iterator[tuple[str, Path]]:
    """Every file of the folders with its name in the zip."""
    for folder, prefix in parts:
        inside = len(str(folder)) + 1
        for path in files_of(folder):
            yield f"{prefix}/{str(path)[inside:]}".lstrip("/"), path


def files_of(folder: Path) -> list[Path]:
    """Every file that belongs into a package, sorted."""
    found = []
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED_FOLDERS)
        found += [Path(root, name) for name in sorted(files) if not name.endswith((".pyc", ".pyo"))]
    return found

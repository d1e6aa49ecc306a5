"""Zips whose bytes depend on their content only, so that an unchanged folder keeps its digest."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SKIPPED_FOLDERS = {"__pycache__", ".git", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".aws-sam"}
_EPOCH = (1980, 1, 1, 0, 0, 0)


def zipped(folders: Iterable[tuple[Path, str]]) -> bytes:
    """One zip of several folders, each under a prefix."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for folder, prefix in folders:
            for path in files_of(folder):
                name = (Path(prefix) / path.relative_to(folder)).as_posix()
                info = zipfile.ZipInfo(name, _EPOCH)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = (0o755 if os.access(path, os.X_OK) else 0o644) << 16
                archive.writestr(info, path.read_bytes(), compresslevel=1)
    return out.getvalue()


def files_of(folder: Path) -> list[Path]:
    """Every file that belongs into a package, sorted."""
    found = []
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED_FOLDERS)
        found += [Path(root, name) for name in sorted(files) if not name.endswith((".pyc", ".pyo"))]
    return found

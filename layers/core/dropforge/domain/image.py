"""The container image as files: what goes into it, and the tag that is a digest of exactly that."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FIXED_TIME = (2020, 1, 1, 0, 0, 0)


def tag(files: Mapping[str, bytes]) -> str:
    """Twelve hex digits that change with any file's name or content, so that equal code is built once."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name}\0".encode())
        total.update(hashlib.sha256(files[name]).digest())
    return total.hexdigest()[:12]


def archive(files: Mapping[str, bytes]) -> bytes:
    """The files as a zip, the same bytes for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(files):
            package.writestr(zipfile.ZipInfo(name, FIXED_TIME), files[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()

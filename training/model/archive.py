"""model.tar.gz → a folder. The archive is data from a bucket, so it is trusted with nothing."""

from __future__ import annotations

import gzip
import tarfile
import zlib
from typing import TYPE_CHECKING

from training.errors import JobError

if TYPE_CHECKING:
    from pathlib import Path

BLOCK = 1024 * 1024
MOST_FILES = 100
MOST_BYTES = 4 * 1024**3


def unpack(archive: Path, folder: Path) -> None:
    """Regular files inside the folder only: no links, devices or outside paths, and no endless ones."""
    try:
        with gzip.open(archive) as body, tarfile.open(fileobj=body, mode="r:") as tar:
            tar.extractall(folder, members=_harmless(tar), filter="data")
            while body.read(BLOCK):  # to the end, where its checksum is
                pass
    except (tarfile.TarError, zlib.error, EOFError, OSError) as fault:
        raise JobError(f"{archive.name} cannot be unpacked: {fault}") from fault


def _harmless(tar: tarfile.TarFile) -> list[tarfile.TarInfo]:
    members: list[tarfile.TarInfo] = []
    size = 0
    for member in tar:
        size += member.size
        if not (member.isfile() or member.isdir()):
            raise JobError(f"the model holds {member.name[:100]!r}, which is neither a file nor a folder")
        members.append(member)
        if len(members) > MOST_FILES or size > MOST_BYTES:
            raise JobError(f"the model is larger than {MOST_FILES} files or {MOST_BYTES} bytes")
    return members

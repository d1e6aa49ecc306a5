"""What is in a model's folder, each file with its SHA-256. It is checked before anything in the folder is
loaded.

It shows that the folder is whole and unmixed; it is not a signature: who can replace the files can replace it
too.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from training.errors import JobError

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = "manifest.json"


def write_manifest(folder: Path) -> None:
    files = {name: sha256_of(folder / name) for name in sorted(_names(folder) - {MANIFEST})}
    text = json.dumps({"format": 1, "sha256": files}, indent=2, sort_keys=True) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def check_manifest(folder: Path) -> None:
    """JobError unless the folder holds exactly the files of its manifest, unchanged."""
    stated = _read(folder / MANIFEST)
    found = _names(folder) - {MANIFEST}
    for fault, names in (
        ("is missing", stated.keys() - found),
        ("is not in the manifest", found - stated.keys()),
    ):
        if names:
            raise JobError(f"the model is not whole: {min(names)} {fault}")
    changed = [name for name in sorted(stated) if sha256_of(folder / name) != stated[name]]
    if changed:
        raise JobError(f"the model is not what was trained: {changed[0]} does not match its SHA-256")


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(path: Path) -> dict[str, str]:
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["sha256"]
    except FileNotFoundError:
        raise JobError(f"the model has no {MANIFEST}") from None
    except (ValueError, KeyError, TypeError) as fault:
        raise JobError(f"the model's {MANIFEST} cannot be read") from fault
    if not isinstance(files, dict):
        raise JobError(f"the model's {MANIFEST} names no files")
    return files


def _names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}

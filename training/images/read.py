"""A drop of pictures → the table that a model learns from.

A drop is a .zip, or the folder that SageMaker made of a manifest. A picture's folder is its class; top
folders train, validation and test say which part it belongs to. Pictures are taken in the order of their
names, so the same drop gives the same table.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import polars as pl

from dropforge.domain.contract import category_text
from dropforge.domain.pictures import (
    LARGEST_PICTURE,
    MOST_PICTURES,
    Archive,
    BadArchive,
    BadPicture,
    is_ignored,
)
from training.errors import Refused
from training.images.decode import BrokenPicture
from training.images.features import NAMES, features

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from dropforge.domain.contract import Contract
    from training.quarantine import Quarantine

PARTS = ("train", "validation", "test")
HEADER = ("file",)
RULE = "images"
BLOCK = 1024 * 1024


class Folder:
    """A folder's pictures, under their names in it. Links can lead anywhere, so they do not count."""

    def __init__(self, root: Path) -> None:
        self._root = root
        files = (path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
        names = (path.relative_to(root).as_posix() for path in files)
        self._names = sorted(name for name in names if not is_ignored(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def read(self, name: str) -> bytes:
        path = self._root / name
        if path.stat().st_size > LARGEST_PICTURE:
            raise BadPicture(f"has {path.stat().st_size} bytes, more than {LARGEST_PICTURE}")
        return path.read_bytes()


class Files(Protocol):
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...
    def read(self, name: str) -> bytes: ...


@dataclass(frozen=True)
class Pictures:
    rows: pl.DataFrame
    """The features, then the target."""
    parts: pl.Series | None
    """Train, validation or test a row; None where the folders do not say."""
    read: int
    sha256: str
    size: int


@dataclass(frozen=True)
class Location:
    """Where a picture lies in a drop."""

    name: str
    label: str = ""
    part: str | None = None
    reason: str = ""
    """Why it has no class there."""


def rows(drop: Path, contract: Contract, quarantine: Quarantine) -> Pictures:
    """Every picture's vector; what is not a picture goes to quarantine with its reason. `drop` is the .zip, a
    folder with nothing but that, or the folder of pictures."""
    if drop.is_dir() and (alone := _only_file(drop)):
        drop = alone
    quarantine.open(HEADER)
    if drop.is_dir():
        return _table(Folder(drop), contract, quarantine)
    with drop.open("rb") as file:
        try:
            return _table(Archive(file), contract, quarantine, drop)
        except BadArchive as bad:
            raise Refused(RULE, f"the file {bad}") from bad


def _table(files: Files, contract: Contract, quarantine: Quarantine, archive: Path | None = None) -> Pictures:
    if not len(files):
        raise Refused("empty", "the drop holds 0 pictures")
    if len(files) > MOST_PICTURES:
        raise Refused(RULE, f"the drop holds {len(files)} files, more than {MOST_PICTURES}")
    seen = _Seen()
    vectors = np.empty((len(files), len(NAMES)), dtype=np.float32)
    kept: list[Location] = []
    for number, location in enumerate(locations(list(files), contract), 1):
        try:
            body = seen.take(location.name, files.read(location.name))
            vectors[len(kept)] = _vector(location, body, contract)
            kept.append(location)
        except (BadPicture, BrokenPicture) as bad:
            quarantine.add(number, [location.name], f"the picture {bad}")
    digest = _digest(archive) if archive else seen.digest
    return Pictures(
        _frame(vectors[: len(kept)], [location.label for location in kept], contract.target),
        pl.Series("part", [p.part for p in kept], pl.String) if any(p.part for p in kept) else None,
        len(files),
        digest,
        archive.stat().st_size if archive else seen.size,
    )


def _vector(location: Location, body: bytes, contract: Contract) -> NDArray[np.float32]:
    if location.reason:
        raise BrokenPicture(location.reason)
    if contract.image is None:
        raise Refused("problem", f"a contract of {contract.problem} reads no pictures")
    return features(body, contract.image)


def _frame(vectors: NDArray[np.float32], labels: list[str], target: str) -> pl.DataFrame:
    return pl.DataFrame(vectors, schema=dict.fromkeys(NAMES, pl.Float32)).with_columns(
        pl.Series(target, labels, pl.String)
    )


def locations(names: Sequence[str], contract: Contract) -> Iterator[Location]:
    """class/file or part/class/file, below the one folder that all may share."""
    split = _below_shared([name.split("/") for name in names])
    parted = any(len(parts) == 3 and parts[0] in PARTS for parts in split)
    for name, parts in zip(names, split, strict=True):
        yield _location(name, parts, parted, contract)


def _location(name: str, parts: list[str], parted: bool, contract: Contract) -> Location:
    depth = 3 if parted else 2
    if len(parts) < depth:
        return Location(name, reason="lies in no folder that says its class")
    if len(parts) > depth or (parted and parts[0] not in PARTS):
        wanted = "train, validation or test/class/file" if parted else "class/file"
        return Location(name, reason=f"does not lie at {wanted}")
    label = category_text(parts[-2]) or ""
    if contract.classes and label not in contract.classes:
        return Location(name, reason=f"is of {label!r}, none of the contract's classes")
    return Location(name, label, parts[0] if parted else None)


def _below_shared(split: list[list[str]]) -> list[list[str]]:
    """Without the folder that a packer puts around everything."""
    while min(map(len, split)) > 2 and len({parts[0] for parts in split}) == 1 and split[0][0] not in PARTS:
        split = [parts[1:] for parts in split]
    return split


def _only_file(folder: Path) -> Path | None:
    """The archive that a drop is, where it is one file; a drop of many pictures is a folder."""
    found = [path for path in folder.iterdir() if not is_ignored(path.name)]
    return found[0] if len(found) == 1 and found[0].is_file() else None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Seen:
    """Of a folder, what a file's digest and size would be: over all names and bytes."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self.size = 0

    def take(self, name: str, body: bytes) -> bytes:
        self._digest.update(f"{name}\0{len(body)}\0".encode() + body)
        self.size += len(body)
        return body

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()

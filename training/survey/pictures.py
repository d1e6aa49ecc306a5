"""What a .zip of pictures holds: its folders as classes, and how large the pictures are."""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING, Any

from dropforge.domain.pictures import Archive, BadArchive
from training.errors import JobError

if TYPE_CHECKING:
    from pathlib import Path

PARTS = ("train", "validation", "test")
SAMPLED = 200


def pictures(path: Path) -> dict[str, Any]:
    """`parts`: the pictures in each of the top folders train, validation and test, where there are any."""
    with path.open("rb") as file:
        try:
            archive = Archive(file)
        except BadArchive as fault:
            raise JobError(f"the file {fault}") from None
        names = [name.split("/") for name in archive if "/" in name]
        parts = Counter(folders[0] for folders in names if len(folders) > 2 and folders[0] in PARTS)
        classes = Counter(folders[1 if folders[0] in parts else 0] for folders in names)
        if len(classes) < 2:
            raise JobError(
                f"the .zip has {len(classes)} folder(s) of pictures: a class each, so two at least"
            )
        height, width = _size(archive)
    return {
        "format": "images", "rows": sum(classes.values()), "classes": dict(sorted(classes.items())),
        "parts": dict(parts), "height": height, "width": width,
    }  # fmt: skip


def _size(archive: Archive) -> tuple[int, int]:
    """The most frequent height and width of an even choice of the pictures."""
    from PIL import Image, UnidentifiedImageError

    names = list(archive)
    sizes: Counter[tuple[int, int]] = Counter()
    for name in names[:: max(1, len(names) // SAMPLED)]:
        try:
            with Image.open(io.BytesIO(archive.read(name))) as picture:
                sizes[(picture.height, picture.width)] += 1
        except (UnidentifiedImageError, OSError, ValueError):
            continue
    if not sizes:
        raise JobError("none of the pictures in the .zip can be read")
    return sizes.most_common(1)[0][0]

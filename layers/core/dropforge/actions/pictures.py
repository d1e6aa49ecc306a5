"""Pictures for inference, a .zip of them or one alone, as records that a request can carry.

Only what a picture's first bytes say is checked here: the endpoint decodes it, with the code that read the
pictures it was trained on.
"""

from __future__ import annotations

import tempfile
from base64 import b64encode
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from dropforge.domain.errors import Refused
from dropforge.domain.pictures import Archive, BadArchive, BadPicture, looks_like_picture
from dropforge.domain.reading.faults import BadRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dropforge.actions.cutter import Cutter

LARGEST_ARCHIVE = 400 * 1024 * 1024
"""A function has 512 MB of disk."""
CHUNK = 1024 * 1024


def cut_pictures(stream: BinaryIO, key: str, cutter: Cutter) -> None:
    cutter.header = ("file",)
    with tempfile.TemporaryFile() as file:
        _keep(stream, file)
        for number, (name, read) in enumerate(_pictures(file, key), start=1):
            try:
                cutter.take(number, _instance(read), file=name)
            except BadRow as bad:
                cutter.quarantine(number, [name], str(bad))


def _instance(read: Callable[[], bytes]) -> dict[str, str]:
    try:
        body = read()
    except BadPicture as bad:
        raise BadRow(f"the picture {bad}") from bad
    if not looks_like_picture(body):
        raise BadRow("the picture is not a PNG, JPEG, BMP, GIF or WEBP")
    return {"image": b64encode(body).decode()}


def _keep(stream: BinaryIO, file: BinaryIO) -> None:
    """On disk, since a .zip is read from its end."""
    size = 0
    while block := stream.read(CHUNK):
        size += len(block)
        if size > LARGEST_ARCHIVE:
            raise Refused(f"the file has more than {LARGEST_ARCHIVE} bytes: split it")
        file.write(block)
    file.seek(0)


def _pictures(file: BinaryIO, key: str) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Names, and how to read each."""
    start = file.read(16)
    file.seek(0)
    if looks_like_picture(start):
        yield key.rsplit("/", 1)[-1], file.read
        return
    if not start.startswith(b"PK"):
        raise Refused("the file is neither a .zip of pictures nor a PNG, JPEG, BMP, GIF or WEBP picture")
    try:
        archive = Archive(file)
    except BadArchive as bad:
        raise Refused(f"the file {bad}") from bad
    for name in archive:
        yield name, partial(archive.read, name)

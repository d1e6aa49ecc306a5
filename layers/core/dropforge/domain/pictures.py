"""A .zip of pictures, which nobody vouches for: its members, once the archive is seen to be harmless.

Used by the jobs, which read a drop, and by the functions, which read a file for inference. Nothing is ever
unpacked to a disk, so a name is only ever a name; one that would leave its folder still says that somebody
means harm, and refuses the archive.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, BinaryIO

from dropforge.domain.contract.fields import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_PICTURES = 200_000
LARGEST_PICTURE = 32 * 1024 * 1024
LARGEST_DIRECTORY = 64 * 1024 * 1024
LARGEST_RATIO = 200
"""Unpacked bytes a packed one. Pictures are packed already; an empty bitmap reaches 100 or so."""
_END, _END_SIZE = b"PK\x05\x06", 22
_LARGE_END, _LARGE_END_SIZE = b"PK\x06\x06", 56
_LONGEST_END = 66_000
"""The end of an archive: its records, and a comment of at most 65,535 bytes."""
_ENCRYPTED = 0x1
_IGNORED = {"__MACOSX", "Thumbs.db", "desktop.ini"}
_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM", b"GIF87a", b"GIF89a")
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)
"""What reading a member raises where the archive is damaged or packed in an unknown way."""


class BadArchive(Exception):
    """An archive that is not read at all; the message is a sentence without a subject: "holds …"."""


class Archive:
    """The pictures of a .zip, in the order of their names."""

    def __init__(self, file: BinaryIO) -> None:
        _check_directory(file)
        try:
            self._zip = zipfile.ZipFile(file)
        except BROKEN as fault:
            raise BadArchive(f"is not a .zip that can be read: {fault}") from fault
        members = [member for member in self._zip.infolist() if not member.is_dir()]
        _check_all(members, file.seek(0, io.SEEK_END))
        self._members = {member.filename: member for member in members if not is_ignored(member.filename)}

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._members))

    def __len__(self) -> int:
        return len(self._members)

    def read(self, name: str) -> bytes:
        """The member's bytes; BadPicture where they cannot be had."""
        member = self._members[name]
        if member.file_size > LARGEST_PICTURE:
            raise BadPicture(f"has {member.file_size} bytes, more than {LARGEST_PICTURE}")
        try:
            with self._zip.open(member) as stream:
                return stream.read(LARGEST_PICTURE)
        except (*BROKEN, RuntimeError) as fault:
            raise BadPicture(f"cannot be unpacked: {str(fault)[:100]}") from fault


class BadPicture(Exception):
    """One member that cannot be had; the message completes "the picture …"."""


def is_ignored(name: str) -> bool:
    """What file managers leave behind: nothing anyone dropped."""
    parts = name.split("/")
    return any(part.startswith(".") or part in _IGNORED for part in parts)


def looks_like_picture(body: bytes) -> bool:
    """By its first bytes; whether it can be decoded only decoding tells."""
    return body.startswith(_SIGNATURES) or (body[:4] == b"RIFF" and body[8:12] == b"WEBP")


def _check_all(members: list[zipfile.ZipInfo], size: int) -> None:
    if len(members) > MOST_PICTURES:
        raise BadArchive(f"holds {len(members)} files, more than {MOST_PICTURES}")
    if sum(member.compress_size for member in members) > size:
        raise BadArchive("holds files that lie over one another")
    named: set[str] = set()
    for member in members:
        _check(member)
        if member.filename in named:
            raise BadArchive(f"holds {shown(member.filename)} twice")
        named.add(member.filename)


def _check(member: zipfile.ZipInfo) -> None:
    """Raises for a member that no honest archive of pictures has."""
    name, parts = member.filename, member.filename.split("/")
    if name.startswith("/") or ".." in parts or "\\" in name or ":" in parts[0]:
        raise BadArchive(f"holds {shown(name)}, a name that leaves the archive")
    if any(ord(character) < 32 for character in name):
        raise BadArchive(f"holds {shown(name)}, a name with control characters")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise BadArchive(f"holds {shown(name)}, which is a link or a device")
    if member.flag_bits & _ENCRYPTED:
        raise BadArchive(f"holds {shown(name)}, which is encrypted")
    if member.file_size > LARGEST_RATIO * max(member.compress_size, 1024):
        packed = f"{member.file_size} bytes packed into {member.compress_size}"
        raise BadArchive(f"holds {shown(name)}, {packed}: more than pictures can be")


def _check_directory(file: BinaryIO) -> None:
    """The directory is read whole into memory, so its size is looked at before."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _LONGEST_END))
    tail = file.read()
    file.seek(0)
    end, large = tail.rfind(_END), tail.rfind(_LARGE_END)
    if end < 0 or len(tail) < end + _END_SIZE:
        raise BadArchive("is not a .zip that can be read: it has no directory at its end")
    (stated,) = struct.unpack_from("<L", tail, end + 12)
    if 0 <= large <= end - _LARGE_END_SIZE:
        (stated,) = struct.unpack_from("<Q", tail, large + 40)
    if stated > LARGEST_DIRECTORY:
        raise BadArchive(f"has a directory of {stated} bytes, more than {LARGEST_DIRECTORY}: split it")

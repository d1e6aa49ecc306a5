"""Digests and checksums that are fed piece by piece, by the names that S3 has for them."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable
from functools import cache
from typing import Protocol


class Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


class _Crc32:
    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes) -> None:
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


class _Crc:
    """A reflected CRC with all ones before and after, a byte at a time: nothing in the standard library has
    it, and it takes 0.1 s for a megabyte."""

    def __init__(self, polynomial: int, width: int) -> None:
        self._table, self._width = _table(polynomial), width
        self._ones = self._value = (1 << width) - 1

    def update(self, data: bytes) -> None:
        table, value = self._table, self._value
        for byte in data:
            value = table[(value ^ byte) & 255] ^ (value >> 8)
        self._value = value

    def digest(self) -> bytes:
        return (self._value ^ self._ones).to_bytes(self._width // 8, "big")


@cache
def _table(polynomial: int) -> tuple[int, ...]:
    values = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (polynomial if value & 1 else 0)
        values.append(value)
    return tuple(values)


_MAKERS: dict[str, Callable[[], Digest]] = {
    "MD5": lambda: hashlib.md5(usedforsecurity=False),
    "SHA1": lambda: hashlib.sha1(usedforsecurity=False),
    "SHA256": hashlib.sha256,
    "CRC32": _Crc32,
    "CRC32C": lambda: _Crc(0x82F63B78, 32),
    "CRC64NVME": lambda: _Crc(0x9A6C9329AC4BC9B5, 64),
}
NAMES = frozenset(_MAKERS)


def digest(name: str) -> Digest:
    """A new one; KeyError where the name is not known."""
    return _MAKERS[name]()

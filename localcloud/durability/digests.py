"""Digests and checksums that are fed piece by piece, by the names that S3 has for them."""

from __future__ import annotations

import hashlib
import struct
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
    """A reflected CRC with all ones before and after, which nothing in the standard library has.

    The data is cut into lanes, and all lanes take a step at once: a step looks bytes up and combines them,
    which `bytes.translate` and the exclusive or of large integers do for thousands of lanes in one call.
    """

    def __init__(self, polynomial: int, width: int) -> None:
        self._size = width // 8
        self._ones = self._value = (1 << width) - 1
        self._table, self._planes, self._skips = _tables(polynomial, self._size)

    def update(self, data: bytes) -> None:
        value, together = self._value, len(data) - len(data) % _LANE
        if together >= _FEWEST * _LANE:
            for lane in self._lanes(data[:together]):
                value = self._skipped(value) ^ lane
            data = data[together:]
        for byte in data:
            value = self._table[(value ^ byte) & 255] ^ (value >> 8)
        self._value = value

    def digest(self) -> bytes:
        return (self._value ^ self._ones).to_bytes(self._size, "big")

    def _lanes(self, data: bytes) -> tuple[int, ...]:
        """What each lane comes to, begun with zero. The first bytes of all values are one integer, so are the
        second ones, and so on."""
        count = len(data) // _LANE
        state = [0] * (self._size + 1)
        for step in range(_LANE):
            column = int.from_bytes(data[step::_LANE], "little")
            looked_up = (state[0] ^ column).to_bytes(count, "little")
            for number, plane in enumerate(self._planes):
                state[number] = state[number + 1] ^ int.from_bytes(looked_up.translate(plane), "little")
        values = bytearray(count * self._size)
        for number in range(self._size):
            values[number :: self._size] = state[number].to_bytes(count, "little")
        return struct.unpack(f"<{count}{'Q' if self._size == 8 else 'I'}", values)

    def _skipped(self, value: int) -> int:
        """The value after a lane of zeros."""
        after = 0
        for byte, skip in zip(value.to_bytes(self._size, "little"), self._skips, strict=True):
            after ^= skip[byte]
        return after


_LANE, _FEWEST = 256, 32


@cache
def _tables(polynomial: int, size: int) -> tuple[list[int], list[bytes], list[list[int]]]:
    """What a byte becomes; the same by bytes of the result; what each byte of a value becomes by a lane of
    zeros."""
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (polynomial if value & 1 else 0)
        table.append(value)
    planes = [bytes((value >> 8 * number) & 255 for value in table) for number in range(size)]
    skips = []
    for number in range(size):
        values = [byte << 8 * number for byte in range(256)]
        for _ in range(_LANE):
            values = [table[value & 255] ^ (value >> 8) for value in values]
        skips.append(values)
    return table, planes, skips


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


def digest_of(name: str, data: bytes) -> bytes:
    taken = digest(name)
    taken.update(data)
    return taken.digest()

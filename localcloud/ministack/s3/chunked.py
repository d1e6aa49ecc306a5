"""The framing `aws-chunked` of a request body, taken off while the body comes in.

    <size in hex>[;extension]\\r\\n <data> \\r\\n … 0\\r\\n [name:value\\r\\n]… \\r\\n

Signatures of chunks are not looked at, as no signature is.
"""

from __future__ import annotations

from collections.abc import Iterator

_LONGEST_LINE, _LONGEST_SIZE = 8192, 16
_HEX = frozenset(b"0123456789abcdefABCDEF")


class BadFraming(Exception):
    """The body is not framed as announced, or ended early."""


class Chunked:
    """Feed it what comes in; it gives the data. After the end, `trailers` has the headers that came last."""

    def __init__(self) -> None:
        self.trailers: dict[str, str] = {}
        self._held = bytearray()
        # How many bytes of the chunk are still to come, with its line end; 0: a line is next.
        self._expected = 0
        self._last = self._ended = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._held += data
        while not self._ended:
            if self._expected:
                piece = self._piece()
                if piece:
                    yield piece
                if self._expected:
                    return
            elif not self._line():
                return
        if self._held:
            raise BadFraming("there is more after the last chunk")

    def close(self) -> None:
        if not self._ended:
            raise BadFraming("the body ended before its last chunk")

    def _piece(self) -> bytes:
        """The next bytes of a chunk that are here; its line end is taken off with the last of them."""
        data = bytes(self._held[: self._expected - 2])
        del self._held[: len(data)]
        self._expected -= len(data)
        if self._expected == 2 and len(self._held) >= 2:
            if self._held[:2] != b"\r\n":
                raise BadFraming("a chunk is longer than it says")
            del self._held[:2]
            self._expected = 0
        return data

    def _line(self) -> bool:
        """Whether a whole line was here: a chunk's size, or a trailer after the last chunk."""
        end = self._held.find(b"\r\n")
        if end < 0:
            if len(self._held) > _LONGEST_LINE:
                raise BadFraming("a line is too long")
            return False
        line = bytes(self._held[:end])
        del self._held[: end + 2]
        if self._last:
            self._trailer(line)
        else:
            size = _size(line)
            self._last, self._expected = size == 0, size + 2 if size else 0
        return True

    def _trailer(self, line: bytes) -> None:
        if not line:
            self._ended = True
            return
        name, colon, value = line.partition(b":")
        if not (name.strip() and colon and name.isascii()):
            raise BadFraming("a trailer is not a header")
        self.trailers.setdefault(name.decode().strip().lower(), value.decode("utf-8", "replace").strip())


def _size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    if not digits or len(digits) > _LONGEST_SIZE or not set(digits) <= _HEX:
        raise BadFraming("a chunk does not say its size")
    return int(digits, 16)

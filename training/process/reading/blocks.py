"""A text file as whole lines, some megabytes at a time, as UTF-8 whatever its encoding is."""

from __future__ import annotations

import codecs
from typing import IO, TYPE_CHECKING

import numpy as np

from dropforge.domain.reading.text import LONGEST_LINE, NUL
from training.errors import Refused
from training.process.reading.drop import CUT_SHORT, WIDE_ENCODINGS, too_large

if TYPE_CHECKING:
    from dropforge.domain.contract import Contract
    from training.process.reading.drop import Drop

SIZE = 16 * 1024 * 1024
BOM = codecs.BOM_UTF8


class Blocks:
    """`next` gives the file piece by piece, each cut after a line's end; `lines` counts those given."""

    def __init__(self, stream: IO[bytes], drop: Drop, contract: Contract) -> None:
        self._stream = stream
        self._drop = drop
        self._encoding = contract.reader.encoding
        self._megabytes = contract.quality.megabytes
        utf8 = self._encoding == "utf-8"
        self._decoder = None if utf8 else codecs.getincrementaldecoder(self._encoding)()
        self._rest = b""
        self._read = 0
        self._ended = False
        self.lines = 0

    def next(self) -> bytes:
        """Empty at the end of the file."""
        block = self._rest
        while not self._ended and len(block) < SIZE:
            block += self._more()
        if self._ended:
            self._rest = b""
        else:
            cut = _last_end(block)
            block, self._rest = block[:cut], block[cut:]
        self._check(block)
        self.lines += int(np.count_nonzero(np.frombuffer(block, np.uint8) == ord("\n")))
        return block

    def _more(self) -> bytes:
        raw = self._raw()
        begins, self._read = self._read == 0, self._read + len(raw)
        self._ended = not raw
        if self._drop.gzipped and self._read > self._drop.most:
            raise too_large(self._read, self._megabytes)
        if self._decoder is None:
            return raw.removeprefix(BOM) if begins else raw
        try:
            text = self._decoder.decode(raw, final=self._ended)
        except UnicodeDecodeError as fault:
            raise self._undecodable(fault, self._rest) from None
        if NUL in text:
            raise Refused("binary", "the file is not text: it holds a NUL")
        return text.encode()

    def _raw(self) -> bytes:
        try:
            raw = self._stream.read(SIZE)
        except CUT_SHORT as fault:
            raise Refused("truncated", f"the gzip file cannot be unpacked to its end: {fault}") from None
        nul = -1 if self._encoding in WIDE_ENCODINGS else raw.find(0)
        if nul >= 0:
            raise Refused("binary", f"the file is not text: byte {self._read + nul} is a NUL")
        return raw

    def _check(self, block: bytes) -> None:
        """Every line short enough to be one, and UTF-8."""
        start = 0
        while len(block) - start > LONGEST_LINE:
            end = _last_end(block[start : start + LONGEST_LINE])
            if not end:
                number = self.lines + block[:start].count(b"\n") + 1
                raise Refused("binary", f"line {number} is longer than {LONGEST_LINE} characters: no table")
            start += end
        if self._decoder is None and not block.isascii():
            try:
                block.decode()
            except UnicodeDecodeError as fault:
                raise self._undecodable(fault, b"") from None

    def _undecodable(self, fault: UnicodeDecodeError, before: bytes) -> Refused:
        read = before + fault.object[: fault.start].decode(self._encoding, "replace").encode()
        line = self.lines + read.count(b"\n")
        byte = fault.object[fault.start] if fault.start < len(fault.object) else 0
        return Refused(
            "reader.encoding",
            f"the file is not {self._encoding} text: after line {line} comes the byte 0x{byte:02x}, which is "
            "not a character there; save it in that encoding, or name its own in the contract",
        )


def _last_end(block: bytes) -> int:
    """Just after the last line's end; a carriage return ends a line where no line feed does."""
    return block.rfind(b"\n") + 1 or block.rfind(b"\r", 0, len(block) - 1) + 1

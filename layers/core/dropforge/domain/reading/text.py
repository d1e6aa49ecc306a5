"""Bytes → text, by the encodings that a contract may name."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

from dropforge.domain.reading.faults import BadFile

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_LINE = 1024 * 1024
ANY_END, LINE_FEED = "", "\n"
"""What ends a line: any of its ends in a CSV; a line feed in JSON lines."""
NUL = "\0"


def text_lines(stream: BinaryIO, encoding: str, end: str) -> Iterator[str]:
    """Each with its end. A byte order mark is not part of the text."""
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    text, number = io.TextIOWrapper(stream, encoding=codec, newline=end), 0
    try:
        while line := text.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise BadFile(
                    "binary", f"line {number} is longer than {LONGEST_LINE} characters: it is not a table"
                )
            check_no_nul(line, f"line {number}")
            yield line
    except UnicodeDecodeError as fault:
        raise BadFile("reader.encoding", f"the file is not {encoding} text: {fault.reason}") from fault


def check_no_nul(text: str, what: str) -> None:
    """Text has none: it is something else, or in another encoding."""
    if NUL in text:
        raise BadFile("binary", f"{what} is not text: it holds a NUL")

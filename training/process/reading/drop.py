"""The file that was dropped: its format, its digest, and what its first bytes say of it."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import zlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, TYPE_CHECKING

from training.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

    from dropforge.domain.contract import Contract

CSV, PARQUET, JSONL = "csv", "parquet", "jsonl"
SUFFIXES = {".parquet": PARQUET, ".pq": PARQUET, ".jsonl": JSONL, ".ndjson": JSONL}
GZIP = b"\x1f\x8b"
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
WIDE_ENCODINGS = ("utf-16",)
MARKS = {
    b"PAR1": "a Parquet file",
    GZIP: "a gzip file",
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"%PDF": "a PDF document",
    b"SQLite format 3": "an SQLite database",
}
CUT_SHORT = (EOFError, zlib.error, gzip.BadGzipFile)
"""What reading a damaged gzip file raises."""


@dataclass(frozen=True)
class Drop:
    path: Path
    format: str
    gzipped: bool
    most: float
    """How many bytes it may have, unpacked as well."""

    def open(self) -> IO[bytes]:
        return gzip.open(self.path, "rb") if self.gzipped else self.path.open("rb")  # type: ignore[return-value]


def look_at(path: Path, contract: Contract) -> Drop:
    """Refused where the size or the first bytes rule out what the name or the contract says it is."""
    size, most = path.stat().st_size, contract.quality.megabytes * 1024 * 1024
    if size == 0:
        raise Refused("empty", "the file has 0 bytes")
    if size > most:
        raise too_large(size, contract.quality.megabytes)
    suffixes = [suffix.lower() for suffix in PurePath(path.name).suffixes]
    gzipped = suffixes[-1:] == [".gz"]
    named = SUFFIXES.get("".join(suffixes[-2:-1] if gzipped else suffixes[-1:]), CSV)
    drop = Drop(path, named if contract.reader.format == "auto" else contract.reader.format, gzipped, most)
    _check_start(drop, contract.reader.encoding)
    return drop


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def too_large(size: int, megabytes: float) -> Refused:
    return Refused(
        "quality.megabytes",
        f"the file has {size / 1024 / 1024:.1f} MB, more than the {megabytes:.15g} MB the contract allows",
    )


def _check_start(drop: Drop, encoding: str) -> None:
    with drop.path.open("rb") as file:
        begun = file.read(16)
    if drop.gzipped:
        if not begun.startswith(GZIP):
            raise Refused("reader.format", "the file's name ends in .gz, but it is not a gzip file")
        if drop.format == PARQUET:
            raise Refused("reader.format", "a Parquet file compresses itself: drop it without .gz around it")
        return
    found = next((said for mark, said in MARKS.items() if begun.startswith(mark)), None)
    if drop.format == PARQUET and found != MARKS[b"PAR1"]:
        raise Refused("reader.format", f"the file is {found or 'not a Parquet file'}; by its name or the "
                      "contract it should be a Parquet file")  # fmt: skip
    if begun.startswith(UTF16) and encoding not in WIDE_ENCODINGS:
        raise Refused(
            "reader.encoding", "the file is UTF-16 text; name that encoding in the contract's reader"
        )
    if drop.format != PARQUET and found:
        wanted = "a table as text" if drop.format == CSV else "JSON lines"
        raise Refused(
            "reader.format", f"the file is {found}; by its name or the contract it should be {wanted}"
        )

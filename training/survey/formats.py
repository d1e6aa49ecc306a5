"""Which kind of file it is, and how its text is written: found by looking, since nothing says it."""

from __future__ import annotations

import codecs
import csv
import gzip
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dropforge.domain.contract import Quality
from dropforge.domain.reading.cells import SPACES
from training.errors import JobError
from training.process.reading.drop import CUT_SHORT, GZIP

BY_SUFFIX = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".data": "csv",
    ".parquet": "parquet", ".pq": "parquet",
    ".jsonl": "jsonl", ".ndjson": "jsonl",
    ".zip": "images",
}  # fmt: skip
BY_START = {b"PAR1": "parquet", b"PK\x03\x04": "images"}
DELIMITERS = ",;\t|"
ENCODINGS = ("utf-8", "windows-1252", "latin-1")
WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
BLOCK = 1024 * 1024
MOST = Quality.megabytes * BLOCK
"""Bytes that a packed file may have inside: what a drop may have by a contract that says nothing."""
SAMPLE_LINES = 50


@dataclass(frozen=True)
class Text:
    """How a text file is written, in the words of a contract's reader."""

    encoding: str
    delimiter: str

    @property
    def codec(self) -> str:
        """Without the byte order mark that a contract need not know of."""
        return "utf-8-sig" if self.encoding == "utf-8" else self.encoding


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The file, or for as long as it is looked at what is packed in it with gzip."""
    with path.open("rb") as file:
        packed = file.read(2) == GZIP
    if not packed:
        yield path
        return
    if path.suffix.lower() != ".gz":
        raise JobError(f"the file is packed with gzip: name it {path.name}.gz, as a drop must be")
    with tempfile.TemporaryDirectory() as folder:
        yield _unpack(path, Path(folder) / path.stem)


def _unpack(path: Path, target: Path) -> Path:
    try:
        with gzip.open(path, "rb") as file, target.open("wb") as out:
            while block := file.read(BLOCK):
                out.write(block)
                if out.tell() > MOST:
                    raise JobError(f"the file has more than {Quality.megabytes:g} MB when it is unpacked")
    except CUT_SHORT as fault:
        raise JobError(f"the gzip file cannot be unpacked to its end: {fault}") from None
    return target


def format_of(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise JobError("the file is empty; give one with data")
    return BY_START.get(start) or BY_SUFFIX.get(path.suffix.lower(), "csv")


def text_of(path: Path) -> Text:
    encoding = _encoding_of(path)
    return Text(encoding, _delimiter_of(path, Text(encoding, ",").codec))


def _encoding_of(path: Path) -> str:
    """The first encoding in which the whole file reads."""
    with path.open("rb") as file:
        start = file.read(BLOCK)
    if start.startswith(WIDE_MARKS):
        return "utf-16"
    if b"\0" in start:
        raise JobError("the file is not text; give CSV, Parquet, JSON lines, or a .zip of pictures")
    return next(encoding for encoding in ENCODINGS if _reads(path, encoding))


def _reads(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter_of(path: Path, codec: str) -> str:
    """The one that splits most of the first lines into the most columns: a single one may be odd, and the
    last may be cut off. The heading counts too, since it has no decimal commas to be split by."""
    with path.open(encoding=codec, newline="") as lines:
        sample = [line for line, _ in zip(lines, range(SAMPLE_LINES), strict=False)]

    def columns(delimiter: str) -> int:
        every = [len(row) for row in csv.reader(sample, delimiter=delimiter) if "".join(row).strip(SPACES)]
        widths = Counter(every)
        width, rows = max(widths.items(), key=lambda each: each[1], default=(0, 0))
        return min(width, every[0]) if 2 * rows > len(every) else 0

    return max(DELIMITERS, key=columns)

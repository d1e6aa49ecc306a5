"""Files that a person named."""

import sys
from pathlib import Path

from cli.errors import UserError


def read_bytes(path: Path) -> bytes:
    """A file's bytes; `-` is standard input."""
    if str(path) == "-":
        return sys.stdin.buffer.read()
    return existing(path).read_bytes()


def write(path: Path, content: bytes) -> None:
    """Write a file where a person wants it, with the folders on the way."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as fault:
        raise UserError(f"cannot write {path}: {fault.strerror}") from None


def existing(path: Path) -> Path:
    """The path, if a file is there that may be read."""
    if path.is_dir():
        raise UserError(f"{path} is a folder; name a file")
    try:
        with path.open("rb"):
            return path
    except OSError as fault:
        raise UserError(f"cannot read {path}: {fault.strerror}") from None

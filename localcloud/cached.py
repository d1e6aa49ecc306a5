"""What costs something to make and stays good: each is made once, however many processes want it."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path


def made_once(target: Path, fill: Callable[[Path], None]) -> Path:
    """The folder, filled when it is not there yet.

    It is made where it stays, since an environment holds its own path, and counts only once it is whole.
    """
    ready = target.with_name(f"{target.name}.ready")
    if not (ready.exists() and target.exists()):
        with only_one(target.with_name(f"{target.name}.lock")):
            if not (ready.exists() and target.exists()):
                shutil.rmtree(target, ignore_errors=True)
                target.mkdir()
                fill(target)
                ready.touch()
    return target


@contextlib.contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Of several processes one goes on and the others wait. One that is killed holds nothing back."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def write_whole(target: Path, content: bytes) -> None:
    """Write a file that others see whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f"{target.name}.", delete=False) as draft:
        try:
            draft.write(content)
            draft.close()
            Path(draft.name).replace(target)
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise

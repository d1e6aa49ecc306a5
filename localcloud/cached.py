"""Folders that cost something to make and stay good: each is made once, however many processes want it."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path


def made_once(target: Path, fill: Callable[[Path], None]) -> Path:
    """The folder, filled when it is not there yet.

    It is made where it stays, since an environment holds its own path, and counts only once it is whole; of
    several processes that want it one makes it and the others wait. A start that is killed leaves no lock.
    """
    ready = target.with_name(f"{target.name}.ready")
    if not (ready.exists() and target.exists()):
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.with_name(f"{target.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (ready.exists() and target.exists()):
                shutil.rmtree(target, ignore_errors=True)
                target.mkdir()
                fill(target)
                ready.touch()
    return target

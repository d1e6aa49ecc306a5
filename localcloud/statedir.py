"""The state directory: one local cloud at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING

from localcloud.errors import StateInUse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def locked(state_dir: Path) -> Iterator[None]:
    """Hold the directory; the kernel lets go of it even when this process is killed."""
    state_dir.mkdir(parents=True, exist_ok=True)
    with (state_dir / "lock").open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise StateInUse(str(state_dir), file.read().strip() or "unknown") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield

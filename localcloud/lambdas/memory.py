"""A function's memory: a process that takes more than its MemorySize is killed, as on AWS.

Looked at from outside a few times a second, where the kernel shows it (Linux): a spike between two looks
passes.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

_LOOK_SECONDS = 0.2


def resident_megabytes(pid: int) -> float | None:
    """What the process holds now; None when it is gone or nobody can tell."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError, ValueError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def peak_megabytes(pid: int) -> float:
    """The most that the process has held; 0 when it is gone or nobody can tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    found = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")), "0")
    return int(found) / 1024


def watch(pid: int, limit: float, exceeded: Callable[[], None]) -> None:
    """Call `exceeded` once when the process goes over the limit; ends with the process."""

    def run() -> None:
        pause = threading.Event()
        while (held := resident_megabytes(pid)) is not None and held > 0:
            if held > limit:
                exceeded()
                return
            pause.wait(_LOOK_SECONDS)

    threading.Thread(target=run, name="localcloud-memory", daemon=True).start()

"""The program that a user's script runs in: it ends with the job, even where that is killed.

Run by its path and not as a module, so that the script finds its own folder first and nothing of ours.
"""

from __future__ import annotations

import ctypes
import runpy
import signal
import sys
from pathlib import Path

PARENT_DEATH_SIGNAL = 1


def main(script: str) -> None:
    if sys.platform == "linux":  # elsewhere it ends when it next prints
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)
    sys.argv = [script]
    sys.path[0] = str(Path(script).parent)
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1])

"""The developer's tools, for the commands that need more than the start script installs."""

import os
import sys
from pathlib import Path

from cli.start import environment


def need_developer_tools() -> None:
    """Add them to the environment that the start script made, under the same stamp, and begin again."""
    use = environment.stamp_file("use")
    started_otherwise = not use.exists() or Path(sys.prefix) != environment.VENV
    if started_otherwise:
        return
    stamp = use.read_text().strip()
    if environment.is_ready("dev", stamp):
        return
    environment.prepare("dev", stamp)
    # The packages changed under this process: begin again with the new ones.
    os.execv(sys.executable, [sys.executable, "-P", "-m", "cli", *sys.argv[1:]])  # noqa: S606 - no shell

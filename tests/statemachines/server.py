"""MiniStack with the interpreter behind its Step Functions, and nothing else: `python -m
tests.statemachines.server PORT DIR`.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from localcloud.ministack import settings


def main(port: int, folder: Path) -> None:
    settings.prepare(folder, port, "000000000000", "us-east-1")
    from localcloud.ministack import states_engine
    from localcloud.ministack.inner import application
    from localcloud.ministack.server import Server

    states_engine.install(f"http://127.0.0.1:{port}", "000000000000", "us-east-1")
    Server(application(), port).start()
    print("ready", flush=True)  # noqa: T201 - the test waits for it
    threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))

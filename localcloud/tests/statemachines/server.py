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
    from localcloud.front.server import Server
    from localcloud.ministack.app import application
    from localcloud.services.states import engine

    engine.install(f"http://127.0.0.1:{port}", "000000000000", "us-east-1")
    Server(application(), port).start()
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))

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
    from localcloud.ministack.stepfunctions.store import Store
    from localcloud.services.states.durable import ForgottenExecutions
    from localcloud.services.states.engine import Engine
    from localcloud.services.states.interpreter.services import Services
    from localcloud.services.states.service import StepFunctions

    store, keep = Store(), ForgottenExecutions()
    engine = Engine(store, Services(f"http://127.0.0.1:{port}"), keep)
    states = StepFunctions(store, engine, keep)
    states.install()
    Server(application(), port).start()
    states.start()
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))

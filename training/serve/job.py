"""Starts the server where SageMaker says: SAGEMAKER_BIND_TO_PORT, 8080 unless set.

The model is checked and loaded once before anything listens, so that a bad one ends the container with a
sentence in its log, and not with a worker that starts over and over.
"""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from training.model.predictor import Predictor
from training.paths import Paths
from training.serve.application import Application

if TYPE_CHECKING:
    from collections.abc import Callable

EVERYWHERE = "0.0.0.0"  # noqa: S104 - a container is reached from outside itself
LOOKS_EVERY = 0.5
STOP_WITHIN = 20
"""SageMaker kills what has not stopped 30 seconds after SIGTERM."""


def run(paths: Paths) -> None:
    predictor = Predictor(paths.model)
    host = os.environ.get("SAGEMAKER_BIND_TO_HOST", EVERYWHERE)
    port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))
    workers = int(os.environ.get("SAGEMAKER_MODEL_SERVER_WORKERS", "1"))
    print(f"serving {predictor.contract.usecase} on {host}:{port}", flush=True)
    server = Granian(
        "training.serve.job:application",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        log_level=LogLevels.warning,
        websockets=False,
        workers_kill_timeout=STOP_WITHIN,
    )
    server.serve()


def application() -> Callable[..., object]:
    """Called once in each worker."""
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    return Application(Predictor(Paths.from_environment().model))


def _end_with_parent(parent: int) -> None:
    """A killed server must not leave workers that keep its port and go on answering."""
    while os.getppid() == parent:
        time.sleep(LOOKS_EVERY)
    os._exit(1)

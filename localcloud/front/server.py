"""MiniStack on hypercorn in a thread of this process, bound to 127.0.0.1 and nothing else."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

from localcloud.errors import CloudError, PortTaken

if TYPE_CHECKING:
    from collections.abc import Callable

_START_SECONDS = 20.0
_STOP_SECONDS = 20.0


class Server:
    """One ASGI application on one port. `start` returns once it answers, `stop` once it has saved its
    state."""

    def __init__(self, app: Callable[..., Any], port: int) -> None:
        self._app = app
        self._port = port
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="localcloud-server", daemon=True)

    def start(self) -> None:
        self._thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if not self._thread.is_alive():
                raise CloudError(f"the endpoint did not start: {self._failure}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.02)
        raise CloudError(f"the endpoint did not answer on port {self._port} within {_START_SECONDS:.0f} s")

    def stop(self) -> None:
        if self._loop is not None and self._stop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - told by start(), which runs in another thread
            self._failure = error

    async def _serve(self) -> None:
        from hypercorn.asyncio import serve
        from hypercorn.config import Config

        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        config = Config()
        config.bind = [f"127.0.0.1:{self._port}"]
        config.keep_alive_timeout = 75
        config.graceful_timeout = 1
        config.shutdown_timeout = 15
        config.loglevel = "ERROR"
        config.accesslog = None
        # SDKs send large uploads in one body.
        config.h11_max_incomplete_size = 1 << 20
        logging.getLogger("hypercorn.error").setLevel(logging.ERROR)
        await serve(self._app, config, shutdown_trigger=self._stop.wait)


def check_port(port: int) -> None:
    """Raise PortTaken when something listens there already."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise PortTaken(port)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortTaken(port) from error


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

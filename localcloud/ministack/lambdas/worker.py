"""One execution environment of a Python function: MiniStack's Runtime API server and a process of ours.

Imported only when MiniStack's settings stand, because importing MiniStack reads them.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import signal
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, cast

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from localcloud.lambdas import environment
from localcloud.lambdas.environment import Folders
from localcloud.lambdas.invoking import too_large
from localcloud.lambdas.memory import peak_megabytes, watch
from localcloud.lambdas.output import Output
from localcloud.lambdas.platform import Invocation, framed
from localcloud.lambdas.unpack import unpacked

if TYPE_CHECKING:
    from pathlib import Path

# More cold starts at once than processors make each of them miss the 10 s that AWS gives to an init.
_starts = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))
_LOG_SETTLE_SECONDS = 0.05


@dataclass(frozen=True)
class Setting:
    """What all workers have in common."""

    endpoint_url: str
    runtime: Path
    work_dir: Path


class PythonWorker(lambda_runtime.ProvidedWorker):  # type: ignore[misc]
    """A worker whose bootstrap is the official runtime client. `setting` is set before the first is made."""

    setting: Setting
    _output: Output | None = None
    _init_seconds = 0.0
    # Its process leads a group of this number.
    _group: int | None = None

    def invoke(self, event: Any, request_id: str, **more: Any) -> dict[str, Any]:
        """One invocation, its log with what Lambda itself writes there."""
        begun = time.monotonic()
        trace = environment.trace_header()
        answer: dict[str, Any] = super().invoke(event, request_id, **{**more, "trace_id": trace})
        seconds = time.monotonic() - begun
        error = too_large(answer.get("result"))
        if error:
            answer |= {"status": "error", "error": error["errorMessage"], "error_payload": error}
        invocation = Invocation(
            request=request_id,
            version=self.config.get("Version", "$LATEST"),
            milliseconds=1000 * (seconds - (self._init_seconds if answer.get("cold_start") else 0)),
            memory=int(self.config.get("MemorySize") or 128),
            used=peak_megabytes(getattr(self._proc, "pid", 0)),
            init=1000 * self._init_seconds if answer.get("cold_start") else None,
        )
        return {**answer, "log": framed(invocation, answer.get("log") or "")}

    def _spawn(self, init_timeout: float | None = None) -> None:
        begun = time.monotonic()
        with _starts:
            self._teardown()
            try:
                self._start(init_timeout)
            except BaseException:
                self._teardown()
                raise
        self._start_time = time.time()
        self._init_seconds = time.monotonic() - begun

    def _start(self, init_timeout: float | None) -> None:
        generation, pending, logs = self._new_generation()
        port = self._serve(generation, pending)
        folders = self._folders()
        self._proc = subprocess.Popen(
            environment.command(),
            cwd=folders.code,
            env={
                **environment.environment(
                    self.config,
                    lambda_svc._runtime_env_vars(self.config),
                    lambda_runtime.execution_credentials(self.config),
                    folders,
                    f"127.0.0.1:{port}",
                ),
                "TMPDIR": self._new_tmp(),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._group = self._proc.pid
        self._output = _output(cast("IO[bytes]", self._proc.stdout), logs)
        self._log_thread = threading.Thread(
            target=self._output.pump, daemon=True, name=f"log-{self.func_name}"
        )
        self._log_thread.start()
        self._stderr_thread = self._log_thread
        self._limit_memory(self._proc)
        self._await_init(init_timeout)

    def _new_tmp(self) -> str:
        """A folder of its own where the function's temporary files go."""
        folder = self.setting.work_dir / "tmp"
        folder.mkdir(parents=True, exist_ok=True)
        self._tmp: str | None = tempfile.mkdtemp(prefix=f"{self.func_name}-", dir=folder)
        return self._tmp

    def _leave_nothing(self) -> None:
        """As on AWS, what the function has started goes with it; only a session of its own gets away."""
        group, self._group = self._group, None
        if group is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        tmp, self._tmp = self.__dict__.get("_tmp"), None
        if tmp:
            shutil.rmtree(tmp, ignore_errors=True)

    def _teardown(self) -> None:
        super()._teardown()
        self._leave_nothing()

    def _discard_tmpdir(self) -> None:
        super()._discard_tmpdir()
        self._leave_nothing()

    def _limit_memory(self, process: subprocess.Popen[bytes]) -> None:
        watch(process.pid, float(self.config.get("MemorySize") or 128), process.kill)

    def _new_generation(self) -> tuple[int, queue.Queue[Any], queue.Queue[str]]:
        pending: queue.Queue[Any] = queue.Queue(maxsize=1)
        logs: queue.Queue[str] = queue.Queue(maxsize=lambda_runtime._PROVIDED_LOG_MAX_LINES)
        with self._state_lock:
            self._generation += 1
            self._stopping = False
            for event in (self._first_poll, self._init_settled, self._response_ready):
                event.clear()
            self._init_error: Any = None
            self._result: dict[str, Any] = {}
            self._current_request_id: str | None = None
            self._pending, self._stderr_queue = pending, logs
            return self._generation, pending, logs

    def _serve(self, generation: int, pending: queue.Queue[Any]) -> int:
        handler = self._build_handler_class(generation, pending)
        handler.wbufsize = -1  # an answer's head and body leave together
        self._server = _Server(("127.0.0.1", 0), handler)
        self._server_thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.1},
            daemon=True,
            name=f"runtime-api-{self.func_name}",
        )
        self._server_thread.start()
        return int(self._server.server_address[1])

    def _folders(self) -> Folders:
        setting = self.setting
        blobs = [lambda_svc._resolve_layer_zip(layer) for layer in self.config.get("Layers") or []]
        code = unpacked([self.code_zip], setting.work_dir / "task")
        layers = unpacked([blob for blob in blobs if blob], setting.work_dir / "opt")
        return Folders(setting.endpoint_url, setting.runtime, code, layers)

    def _drain_stderr_bounded(self, *_: Any, **__: Any) -> str:
        """What the handler logged."""
        if self._output is not None:
            self._output.settle(_LOG_SETTLE_SECONDS)
        return str(self._drain_stderr())


def _output(pipe: IO[bytes], logs: queue.Queue[str]) -> Output:
    """What it prints; the oldest lines go where nobody asks for them in time."""

    def keep(line: str) -> None:
        while True:
            try:
                return logs.put_nowait(line)
            except queue.Full:
                with contextlib.suppress(queue.Empty):
                    logs.get_nowait()

    return Output(pipe, keep)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def get_request(self) -> Any:
        # The handler writes headers and body apart; waiting for the acknowledgement between them costs 40 ms.
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A killed worker drops its connection; that is not the server's fault."""

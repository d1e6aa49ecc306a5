"""Lambda: MiniStack's pool and Runtime API, our processes.

MiniStack already speaks the Lambda Runtime API to `provided.*` functions, and hands over the error that the runtime
posts. A Python function here is such a function whose bootstrap is the official runtime client, so the real errorType
reaches Step Functions. Only how the process is started differs.
"""

from __future__ import annotations

import os
import queue
import select
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

from localcloud.lambdas import environment
from localcloud.lambdas.environment import Place
from localcloud.lambdas.unpack import unpacked

# More cold starts at once than processors make each of them miss the 10 s that AWS gives to an init.
_starts = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))
_LOG_SETTLE_SECONDS = 0.05


def install(endpoint_url: str, runtime: Path, work_dir: Path) -> None:
    """Make Python functions run in the official runtime client."""
    from ministack.core import lambda_runtime
    from ministack.services import lambda_svc

    worker_class = _worker_class(lambda_runtime, lambda_svc, endpoint_url, runtime, work_dir)
    other_class, other_execute = lambda_runtime._worker_class_for, lambda_svc._execute_function_warm

    def worker_class_for(config: dict[str, Any]) -> Any:
        return worker_class if _is_python(config) else other_class(config)

    def execute(func: dict[str, Any], event: Any, request_id: str) -> Any:
        run = lambda_svc._execute_function_provided_warm if _is_python(func.get("config") or func) else other_execute
        return run(func, event, request_id)

    lambda_runtime._worker_class_for = worker_class_for
    lambda_svc._execute_function_warm = execute
    trace = lambda_svc._xray_trace_id_for_invocation
    lambda_svc._xray_trace_id_for_invocation = lambda config, inbound=None: (
        trace(config, inbound) if inbound else environment.trace_header()
    )


def stop() -> None:
    """End every worker."""
    from ministack.core import lambda_runtime

    lambda_runtime.reset()


def _is_python(config: dict[str, Any]) -> bool:
    return str(config.get("Runtime", "")).startswith("python")


def _worker_class(lambda_runtime: Any, lambda_svc: Any, endpoint_url: str, runtime: Path, work_dir: Path) -> Any:
    class PythonWorker(lambda_runtime.ProvidedWorker):  # type: ignore[misc]
        """One execution environment: a Runtime API server of MiniStack's and a process of ours."""

        def _spawn(self, init_timeout: float | None = None) -> None:
            with _starts:
                self._teardown()
                try:
                    self._start(init_timeout)
                except BaseException:
                    self._teardown()
                    raise
            self._start_time = time.time()

        def _start(self, init_timeout: float | None) -> None:
            generation, pending, logs = self._new_generation()
            port = self._serve(generation, pending)
            place = self._place()
            env = environment.environment(
                self.config, lambda_svc._runtime_env_vars(self.config),
                lambda_runtime.execution_credentials(self.config), place, f"127.0.0.1:{port}",
            )  # fmt: skip
            self._proc = subprocess.Popen(
                environment.command(), cwd=place.code, env=env, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            self._log_thread = threading.Thread(
                target=self._pump_output, args=(self._proc.stdout, logs), daemon=True, name=f"log-{self.func_name}"
            )
            self._log_thread.start()
            self._stderr_thread = self._log_thread
            self._await_init(init_timeout)

        def _new_generation(self) -> tuple[int, queue.Queue[Any], queue.Queue[str]]:
            pending: queue.Queue[Any] = queue.Queue(maxsize=1)
            logs: queue.Queue[str] = queue.Queue(maxsize=lambda_runtime._PROVIDED_LOG_MAX_LINES)
            with self._state_lock:
                self._generation += 1
                self._stopping = False
                for event in (self._first_poll, self._init_settled, self._response_ready):
                    event.clear()
                self._init_error, self._result, self._current_request_id = None, {}, None
                self._pending, self._stderr_queue = pending, logs
                return self._generation, pending, logs

        def _serve(self, generation: int, pending: queue.Queue[Any]) -> int:
            self._server = _Server(("127.0.0.1", 0), self._build_handler_class(generation, pending))
            self._server_thread = threading.Thread(
                target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True,
                name=f"runtime-api-{self.func_name}",
            )  # fmt: skip
            self._server_thread.start()
            return int(self._server.server_address[1])

        def _place(self) -> Place:
            blobs = [lambda_svc._resolve_layer_zip(layer) for layer in self.config.get("Layers") or []]
            code = unpacked([self.code_zip], work_dir / "task")
            layers = unpacked([blob for blob in blobs if blob], work_dir / "opt")
            return Place(endpoint_url, runtime, code, layers)

        def _drain_stderr_bounded(self, *args: Any, **kwargs: Any) -> str:
            """What the handler logged: wait only as long as there is something in the pipe."""
            pipe = self._proc.stdout if self._proc else None
            deadline = time.monotonic() + _LOG_SETTLE_SECONDS
            while pipe and not pipe.closed and time.monotonic() < deadline:
                if not select.select([pipe], [], [], 0)[0]:
                    break
                time.sleep(0.001)
            time.sleep(0.002)  # the reader hands its last line over
            return str(self._drain_stderr())

    return PythonWorker


def _server_class() -> Any:
    import socketserver

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

        def get_request(self) -> Any:
            # The handler writes headers and body apart; waiting for the acknowledgement between them costs 40 ms.
            connection, address = super().get_request()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection, address

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A killed worker drops its connection; that is no fault of the server."""

    return Server


_Server = _server_class()

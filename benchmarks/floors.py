"""What the local cloud is measured beside: each does the same work with nothing of ours in it."""

import json
import os
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS = Path(__file__).with_name("local_app") / "functions"


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """The function's process is killed in the end, in the middle of a request."""


class RuntimeAlone:
    """AWS's runtime client with a handler, fed by the smallest server that speaks the Runtime API."""

    def __init__(self) -> None:
        self._events: Queue[bytes] = Queue()
        self._answers: Queue[bytes] = Queue()
        self._server = _Server(("127.0.0.1", 0), _handler(self._events, self._answers))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def ask(self, event: dict[str, Any]) -> bytes:
        """One event in, its answer out."""
        self._events.put(json.dumps(event).encode())
        return self._answers.get(timeout=60)

    @contextmanager
    def running(self, function: str) -> Iterator["RuntimeAlone"]:
        """With the function's process beside."""
        api = f"127.0.0.1:{self._server.server_port}"
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "awslambdaric", "handler.handle"],
            cwd=FUNCTIONS / function,
            env={
                "PATH": os.defpath,
                "AWS_LAMBDA_RUNTIME_API": api,
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
                "PYTHONPATH": str(FUNCTIONS / function),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield self
        finally:
            process.kill()
            process.wait()
            self._server.shutdown()


def _handler(events: "Queue[bytes]", answers: "Queue[bytes]") -> type[BaseHTTPRequestHandler]:
    class Api(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize, disable_nagle_algorithm = 1 << 16, True  # an answer is one packet, sent at once

        def do_GET(self) -> None:
            event = events.get()
            named = {
                "Content-Type": "application/json",  # without which the client crashes
                "Lambda-Runtime-Aws-Request-Id": "one",
                "Lambda-Runtime-Deadline-Ms": "9999999999999",
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:000000000000:function:f",
            }
            self._say(200, event, named)

        def do_POST(self) -> None:
            answer = self.rfile.read(int(self.headers["Content-Length"]))
            self._say(202, b"{}", {})
            answers.put(answer)

        def _say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    return Api


def python_with_the_handler() -> None:
    """A bare Python start that imports what the heavy handler imports, and ends."""
    path = (FUNCTIONS / "heavy", ROOT / "layers" / "core", sysconfig.get_path("purelib"))
    subprocess.run(
        [sys.executable, "-S", "-c", "import handler"],
        env={"PATH": os.defpath, "AWS_REGION": "us-east-1", "PYTHONPATH": os.pathsep.join(map(str, path))},
        check=True,
        capture_output=True,
    )

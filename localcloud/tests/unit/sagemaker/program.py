"""The fake image's program: a real process that does what its hyperparameters, arguments or environment
tell it."""

from __future__ import annotations

import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BASE = Path(os.environ["SAGEMAKER_BASE_DIR"])
PORT = 9911


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


FENCE = Path(__file__).parents[4] / "localcloud/fence/guard.py"


def train() -> int:
    settings = json.loads((BASE / "input/config/hyperparameters.json").read_text())
    if settings.get("mode") == "hosts":
        return one_of_many(settings)
    say("hello from", settings.get("mode", "ok"))
    if settings.get("mode") == "fail":
        (BASE / "output/failure").write_text("the labels are all the same\n" + "x" * 2000)
        (BASE / "output/data/extra.txt").write_text("extra")
        return 3
    if settings.get("mode") == "sleep":
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        (BASE / "model/partial").write_text("saved before the end")
        time.sleep(60)
    if settings.get("mode") == "resume":
        folder = BASE / "checkpoints"
        say("found", *sorted(_names(folder)))
        (folder / f"epoch-{len(_names(folder)) + 1}").write_text("state")
        time.sleep(float(settings.get("pause", 0)))
    for turn, score in enumerate((0.5, 0.75, "nan", "inf")):
        say(f"[{turn}] validation-auc:{score}")
    if "x" in settings:
        return search(settings)
    channels = {channel.name: sorted(_names(channel)) for channel in (BASE / "input/data").iterdir()}
    seen = {
        "channels": channels,
        "resources": json.loads((BASE / "input/config/resourceconfig.json").read_text()),
        "inputs": json.loads((BASE / "input/config/inputdataconfig.json").read_text()),
        "environment": dict(os.environ),
        "mounted": Path("/opt/ml/input/config/hyperparameters.json").exists(),
    }
    (BASE / "model/model.json").write_text(json.dumps(seen))
    (BASE / "output/data/extra.txt").write_text("extra")
    return 0


def one_of_many(settings: dict[str, str]) -> int:
    """One machine of several: all meet at a fixed port of the first, under its name."""
    runpy.run_path(str(FENCE))
    here = json.loads((BASE / "input/config/resourceconfig.json").read_text())
    name, names = here["current_host"], here["hosts"]
    say("hello from", name)
    (BASE / "model" / f"{name}.txt").write_text(name)
    (BASE / "model/shared.txt").write_text(name)
    (BASE / "checkpoints").mkdir(exist_ok=True)
    if settings.get("fails") == name:
        (BASE / "output/failure").write_text(f"{name} has no memory left")
        return 5
    if settings.get("fails") or settings.get("waits"):
        time.sleep(60)
    met = meet(name, names)
    say("validation-auc:0.5" if name == "algo-1" else "quiet")
    seen = {"met": met, "data": sorted(_names(BASE / "input/data/train")), "addresses": addresses(names)}
    (BASE / "model" / f"{name}.json").write_text(json.dumps(seen))
    return 0


def meet(name: str, names: list[str]) -> list[str]:
    if name != names[0]:
        with reached((names[0], PORT)) as caller:
            caller.sendall(name.encode())
            caller.shutdown(socket.SHUT_WR)
            return [caller.recv(100).decode()]
    with socket.socket() as door:
        door.bind((name, PORT))
        door.listen()
        met = []
        for _ in names[1:]:
            guest, _ = door.accept()
            with guest:
                met.append(guest.recv(100).decode())
                time.sleep(0.3)
                guest.sendall(name.encode())
        return sorted(met)


def reached(address: tuple[str, int]) -> socket.socket:
    deadline = time.monotonic() + 20
    while True:
        caller = socket.socket()
        try:
            caller.connect(address)
        except ConnectionRefusedError:
            caller.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return caller


def addresses(names: list[str]) -> dict[str, list[str]]:
    """As Python and as the system look them up."""
    command = ["getent", "hosts", *names]
    native = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
    return {"python": [socket.gethostbyname(name) for name in names], "system": native[::2]}


def search(settings: dict[str, str]) -> int:
    """Prints how good x is, growing over the rounds; some values are told to be slow or to fail."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    goal = 1 - (float(settings["x"]) - 0.3) ** 2
    for turn in range(int(settings.get("epochs", 1))):
        say(f"[{turn}] objective:{goal * (turn + 1):.6f}")
        time.sleep(float(settings.get("pause", 0)))
    (BASE / "model/model.json").write_text(json.dumps(settings))
    return 1 if settings.get("word") == "broken" else 0


def process(arguments: list[str]) -> int:
    source, target = BASE / "processing/input/drop", BASE / "processing/output/report"
    text = "".join(file.read_text() for file in sorted(source.iterdir()))
    (BASE / "output/message").write_text(f"saw {len(text)} characters")
    if "fail" in arguments:
        return 1
    (target / "report.json").write_text(json.dumps({"text": text, "use": os.environ.get("USECASE")}))
    (target / "deep").mkdir()
    (target / "deep/more.txt").write_text("more")
    (target / "link").symlink_to("report.json")
    return 0


def serve() -> int:
    if os.environ.get("BROKEN"):
        say("cannot load the model: it is broken")
        return 7
    address = (os.environ["SAGEMAKER_BIND_TO_HOST"], int(os.environ["SAGEMAKER_BIND_TO_PORT"]))
    say("serving", (BASE / "model/name").read_text())
    Server(address, Serving).serve_forever()
    return 0


class Server(ThreadingHTTPServer):
    # The standard library's five are too few for the callers that come at once.
    request_queue_size = 128


class Serving(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer in one piece: in two, the second waits 40 ms for the first one's receipt.
    wbufsize = 65536

    def do_GET(self) -> None:
        self._answer(200, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if body == b"die":
            os._exit(1)
        if body == b"bad":
            self._answer(400, b'{"error": "no such column"}')
        elif body == b"fault":
            self._answer(500, b"it broke")
        else:
            said = {
                "model": (BASE / "model/name").read_text(),
                "body": body.decode(),
                "pid": os.getpid(),
                "accept": self.headers["Accept"],
                "custom": self.headers["X-Amzn-SageMaker-Custom-Attributes"],
            }
            self._answer(200, json.dumps(said).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet: what is logged is asserted on."""


def _names(folder: Path) -> list[str]:
    return [file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()]


if __name__ == "__main__":
    sys.exit({"train": train, "serve": serve}.get(sys.argv[1], lambda: process(sys.argv[2:]))())

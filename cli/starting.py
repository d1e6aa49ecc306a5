"""Starting the local cloud as a process of its own and watching it come up.

The child writes its progress to a log file which is shown here, so that a cloud that outlives this command
keeps its log, and one that fails shows why. It is up when it has written its record with its own process id:
a record that an earlier process left behind does not count.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from cli import local
from cli.errors import Refused, UserError
from cli.image import DOCKERFILE, image_uri
from cli.paths import BUILD, LOG, ROOT, TEMPLATE

FIRST_PORT = 4566
PORTS = 40
LAST_PORT = 65535
READY_SECONDS = 900.0
TAIL_LINES = 25
HOST = "127.0.0.1"
REGION = "us-east-1"
# A laptop's endpoints are up in seconds: the deployment need not wait as long between two looks as on AWS.
LOCAL_PARAMETERS = {"PollSeconds": "1"}


@dataclass(frozen=True)
class Start:
    """What to start."""

    stack: str
    port: int
    state: Path
    attached: bool = False  # ends with the command that started it, even when that is killed
    time_scale: float = 1.0
    watch: bool = False


def free_port(wanted: int | None) -> int:
    """The wanted port, or the first free one from 4566 on."""
    if wanted == 0:
        return any_port()
    if wanted is not None and not 0 < wanted <= LAST_PORT:
        raise UserError(f"{wanted} is not a port; give --port a number up to {LAST_PORT}, or 0 for any")
    candidates = [wanted] if wanted else range(FIRST_PORT, FIRST_PORT + PORTS)
    for port in candidates:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    if wanted:
        raise UserError(f"port {wanted} is taken by another program; give another with --port, or none")
    raise UserError(f"no port from {FIRST_PORT} to {FIRST_PORT + PORTS - 1} is free; give one with --port")


def any_port() -> int:
    """A port that the system gives; should another program take it meanwhile, the cloud says so."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def command(start: Start) -> list[str]:
    """The local cloud's own command line."""
    uri = image_uri(start.stack, REGION)
    parameters = {"ImageUri": uri, **LOCAL_PARAMETERS}
    return [
        sys.executable, "-P", "-m", "localcloud", "up",
        "--template", str(TEMPLATE),
        "--stack", start.stack,
        "--port", str(start.port),
        "--state", str(start.state),
        "--build", str(BUILD),
        "--time-scale", str(start.time_scale),
        *(["--with-parent"] if start.attached else []),
        *(["--watch"] if start.watch else []),
        "--image", f"{uri}={ROOT}:{DOCKERFILE}",
        *(word for name, value in parameters.items() for word in ("--parameter", f"{name}={value}")),
    ]  # fmt: skip


def spawn(start: Start, log: Path = LOG) -> subprocess.Popen[bytes]:
    """Start the process, in a session of its own so that it may outlive this command. The log of the one
    before is kept, for whoever asks why that ended."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists():
        log.replace(log.with_suffix(".previous.log"))
    try:
        start.state.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise UserError(f"cannot keep the state in {start.state}: {fault.strerror}") from None
    with log.open("wb") as output:
        return subprocess.Popen(
            command(start),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )


def wait_until_ready(
    process: subprocess.Popen[bytes], start: Start, say: Callable[[str], None], log: Path = LOG
) -> local.LocalCloud:
    """The cloud once its stack is deployed; meanwhile its progress lines are passed on."""
    deadline = time.monotonic() + READY_SECONDS
    with log.open(encoding="utf-8", errors="replace") as lines:
        while time.monotonic() < deadline:
            pass_on(lines, say)
            cloud = local.read(start.state / "cloud.json")
            if cloud and cloud.pid == process.pid:
                local.remember(cloud)
                return cloud
            if process.poll() is not None:
                pass_on(lines, say)
                fault = UserError if process.returncode == UserError.status else Refused
                raise fault(f"the local cloud ended with status {process.returncode}:\n{tail(log)}")
            time.sleep(0.05)
    end(process)
    raise Refused(f"the local cloud was not ready within {READY_SECONDS:.0f} s:\n{tail(log)}")


def bring_up(start: Start, say: Callable[[str], None]) -> tuple[local.LocalCloud, subprocess.Popen[bytes]]:
    """Start it and wait until it is ready; whatever stops the wait stops the cloud."""
    process = spawn(start)
    try:
        return wait_until_ready(process, start, say), process
    except BaseException:
        end(process)
        raise


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop a cloud that was started here."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(local.STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    local.forget(process.pid)


def pass_on(lines: TextIO, say: Callable[[str], None]) -> None:
    """Show the lines that were written since the last look."""
    for line in lines:
        say(line.rstrip())


def tail(log: Path) -> str:
    """The last lines of the log, which say why."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:])

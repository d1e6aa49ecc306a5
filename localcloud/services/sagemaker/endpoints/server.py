"""One instance of a variant: one container's process that serves HTTP on a port of this machine."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from localcloud.services.sagemaker.runtime.data import unpack
from localcloud.services.sagemaker.runtime.environment import container_env
from localcloud.services.sagemaker.runtime.process import Process, start
from localcloud.services.sagemaker.runtime.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from localcloud.services.sagemaker.context import Context
    from localcloud.services.sagemaker.ports import Image
    from localcloud.services.sagemaker.runtime.logs import LogStream

HOST = "127.0.0.1"
PING_SECONDS = 2.0
INVOKE_SECONDS = 60.0
_IDLE_CONNECTIONS = 64
_PICKED_SECONDS = 0.1


@dataclass(frozen=True)
class ServerPlan:
    """What to run; kept in the endpoint's record, so that a restart needs neither model nor configuration."""

    endpoint: str
    variant: str
    image_uri: str
    role_arn: str
    model_data: str | None
    environment: Mapping[str, str]
    isolated: bool
    startup_seconds: float


@dataclass(frozen=True)
class Answer:
    """What a container said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NoAnswer(Exception):
    """The container gave none: it is gone, or too slow (`timed_out`)."""

    def __init__(self, message: str, timed_out: bool = False) -> None:
        super().__init__(message)
        self.timed_out = timed_out


@dataclass
class _Pool:
    """Connections that are kept open; the one used last is used next, so that few are open."""

    port: int
    idle: list[HTTPConnection] = field(default_factory=list)

    def take(self) -> tuple[HTTPConnection, bool]:
        """A connection, and whether it was used before: then the other side may have closed it by now."""
        try:
            return self.idle.pop(), True
        except IndexError:
            return HTTPConnection(HOST, self.port, timeout=INVOKE_SECONDS), False

    def give(self, connection: HTTPConnection) -> None:
        if len(self.idle) < _IDLE_CONNECTIONS:
            self.idle.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        while self.idle:
            self.idle.pop().close()


class Server:
    """Started, asked, ended. A server that died can be started again in its place."""

    def __init__(self, context: Context, plan: ServerPlan, image: Image, folder: Path) -> None:
        self._context = context
        self._plan = plan
        self._image = image
        self._tree = Tree(folder)
        self._pool = _Pool(0)
        self._process: Process | None = None
        self._in_flight = 0
        self._quiet = threading.Condition()
        self.ready = False
        self.stream: LogStream | None = None

    @property
    def dead(self) -> bool:
        return self._process is None or self._process.exit_code() is not None

    def load(self, archive: Path | None) -> None:
        """Fill the tree: the model's archive, unpacked into /opt/ml/model. Raises DataError."""
        self._tree.make()
        if archive is not None:
            unpack(archive, self._tree.root / "model")

    def start(self) -> None:
        port = _free_port()
        self._pool.close()
        self._pool = _Pool(port)
        group = f"/aws/sagemaker/Endpoints/{self._plan.endpoint}"
        # Stands for the instance, as on AWS: a server that is started again is a new instance.
        name = f"{self._plan.variant}/i-{uuid4().hex[:17]}"
        self.stream = self._context.logs.open(group, name, self._plan.role_arn)
        self._process = start(
            [*self._image.argv_prefix, "serve"],
            self._env(port),
            Path(self._image.root),
            self._tree.root,
            self.stream.write,
        )

    def wait_until_ready(self) -> str | None:
        """None once /ping says 200, else why it never did."""
        deadline = time.monotonic() + self._plan.startup_seconds
        pause = 0.02
        while time.monotonic() < deadline and not self._context.stopping.is_set():
            if self._process is None or (code := self._process.exit_code()) is not None:
                if self._process is not None:
                    self._process.wait(1)
                    return f"the process ended with exit code {code}"
                return "the process was stopped"
            if self._ping():
                self.ready = True
                return None
            time.sleep(pause)
            pause = min(pause * 1.5, 0.5)
        return f"it did not answer GET /ping with 200 within {self._plan.startup_seconds:g} seconds"

    def ask(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """POST /invocations. Raises NoAnswer."""
        with self._quiet:
            self._in_flight += 1
        try:
            return self._ask(body, headers)
        finally:
            with self._quiet:
                self._in_flight -= 1
                self._quiet.notify_all()

    def end(self) -> None:
        """Let the requests under way finish, then SIGTERM, then SIGKILL; the tree goes."""
        if self.ready:
            # A caller may have picked this server just before the traffic went elsewhere.
            time.sleep(_PICKED_SECONDS)
        self.ready = False
        with self._quiet:
            self._quiet.wait_for(lambda: self._in_flight == 0, timeout=INVOKE_SECONDS)
        self.stop_process()
        self._tree.remove()

    def stop_process(self) -> None:
        self.ready = False
        self._pool.close()
        if self._process is not None:
            self._process.end(self._context.limits.stop_grace_seconds)
        if self.stream is not None:
            self._context.logs.close(self.stream)

    def kill(self) -> None:
        """The cloud goes down: no grace."""
        self.ready = False
        self._pool.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)

    def _env(self, port: int) -> dict[str, str]:
        plan = self._plan
        env = container_env(
            self._context.ports,
            self._image,
            self._tree,
            plan.role_arn,
            plan.environment,
            isolated=plan.isolated,
        )
        return env | {"SAGEMAKER_BIND_TO_PORT": str(port), "SAGEMAKER_BIND_TO_HOST": HOST}

    def _ping(self) -> bool:
        connection = HTTPConnection(HOST, self._pool.port, timeout=PING_SECONDS)
        try:
            connection.request("GET", "/ping")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def _ask(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        while True:
            connection, used = self._pool.take()
            try:
                connection.request("POST", "/invocations", body, dict(headers))
                response = connection.getresponse()
                answer = Answer(response.status, _lower(response.getheaders()), response.read())
            except TimeoutError as error:
                connection.close()
                raise NoAnswer(f"no answer within {INVOKE_SECONDS:g} seconds", timed_out=True) from error
            except (OSError, HTTPException) as error:
                connection.close()
                if used:
                    # A kept connection that the server had closed meanwhile: the request was not taken.
                    continue
                raise NoAnswer(str(error) or type(error).__name__) from error
            if response.will_close:
                connection.close()
            else:
                self._pool.give(connection)
            return answer


def _lower(headers: list[tuple[str, Any]]) -> dict[str, str]:
    return {name.lower(): str(value) for name, value in headers}


def _free_port() -> int:
    """A port that is free now. Between now and the server's own bind another program might take it: then
    the health check fails, and says so."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port

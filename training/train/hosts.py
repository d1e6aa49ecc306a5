"""Several machines that train one model: who is here, and how they find each other.

SageMaker names the hosts in resourceconfig.json. The first one also runs the tracker that the others report
to; its port is derived from the job's name, since on a laptop all hosts of all jobs share one address.
"""

from __future__ import annotations

import json
import os
import socket
import time
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from training.errors import JobError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIRST_PORT, PORTS = 20_000, 10_000
WAIT = 120.0


@dataclass(frozen=True)
class Hosts:
    """This host and all of them, in an order that each agrees on."""

    current: str = "algo-1"
    names: tuple[str, ...] = ("algo-1",)

    @classmethod
    def read(cls, file: Path) -> Hosts:
        if not file.exists():
            return cls()
        try:
            document = json.loads(file.read_bytes())
            current, names = (
                str(document["current_host"]),
                tuple(sorted(map(str, document["hosts"]), key=_number)),
            )
        except (ValueError, KeyError, TypeError) as fault:
            raise JobError(f"{file.name} does not name this host and all hosts") from fault
        if current not in names:
            raise JobError(f"{file.name} names {current!r} as this host, and not among all hosts")
        return cls(current, names)

    @property
    def rank(self) -> int:
        return self.names.index(self.current)

    @property
    def first(self) -> bool:
        return self.rank == 0

    @property
    def shard(self) -> tuple[int, int]:
        return self.rank, len(self.names)


@contextmanager
def together(hosts: Hosts) -> Iterator[None]:
    """While it lasts, what XGBoost trains is trained by all hosts at once."""
    if len(hosts.names) == 1:
        yield
        return
    from xgboost import collective
    from xgboost.tracker import RabitTracker

    address, port = socket.gethostbyname(hosts.names[0]), _port()
    tracker = None
    if hosts.first:
        tracker = RabitTracker(n_workers=len(hosts.names), host_ip=address, port=port, sortby="task")
        tracker.start()
    _wait(address, port)
    arguments: dict[str, Any] = {"dmlc_tracker_uri": address, "dmlc_tracker_port": port}
    with collective.CommunicatorContext(**arguments, dmlc_task_id=f"{hosts.rank:04d}"):
        yield
    if tracker is not None:
        tracker.wait_for()


def _port() -> int:
    name = os.environ.get("TRAINING_JOB_NAME", "")
    return FIRST_PORT + zlib.crc32(name.encode()) % PORTS


def _wait(address: str, port: int) -> None:
    """Hosts start when they start; the first one may be the last."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        with socket.socket() as probe:
            probe.settimeout(5)
            if probe.connect_ex((address, port)) == 0:
                return
        time.sleep(0.2)
    raise JobError(f"the first host's tracker did not answer on port {port} within {WAIT:.0f} s")


def _number(name: str) -> tuple[str, int]:
    """algo-10 after algo-9."""
    stem, _, number = name.rpartition("-")
    return (stem, int(number)) if number.isdigit() else (name, 0)

"""What every part of the service works with: the cloud, the records, the processes, the logs, the names,
the time."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from localcloud.services.sagemaker.runtime.clients import Clients
from localcloud.services.sagemaker.runtime.logs import LogShipper
from localcloud.services.sagemaker.store import Record, Stores

if TYPE_CHECKING:
    from pathlib import Path

    from localcloud.services.sagemaker.ports import CloudPorts

log = logging.getLogger("localcloud.sagemaker")


@dataclass(frozen=True)
class Limits:
    """Where a laptop is smaller than AWS, in one place."""

    # Jobs run at once; the others wait in the state Starting, as they do on AWS for an instance.
    jobs_at_once: int = field(default_factory=lambda: max(2, os.cpu_count() or 2))
    # More than this is refused with ResourceLimitExceeded: a variant's instances are processes here.
    instances_per_variant: int = 4
    # Between SIGTERM and SIGKILL. AWS gives a training job 120 s and an endpoint 30 s.
    stop_grace_seconds: float = 30.0


@dataclass(frozen=True)
class Call:
    """One request: which operation, with what, by whom (an ARN)."""

    action: str
    payload: Record
    caller: str


Operation = Callable[[Call], Record]


class Context:
    """Shared by all resource kinds; everything in it may be used from any thread."""

    def __init__(self, state_dir: Path, ports: CloudPorts, limits: Limits) -> None:
        self.state_dir = state_dir.resolve()
        self.ports = ports
        self.limits = limits
        self.stores = Stores(self.state_dir / "sagemaker")
        self.clients = Clients(ports)
        self.logs = LogShipper(self.clients)
        # Set when the cloud goes down: whatever dies from then on did not fail, and its record is left alone.
        self.stopping = threading.Event()

    def arn(self, kind: str, name: str) -> str:
        return f"arn:aws:sagemaker:{self.ports.region}:{self.ports.account}:{kind}/{name}"

    def emit(self, detail_type: str, arn: str, detail: dict[str, Any]) -> None:
        """An event is news of what has happened: that it cannot be delivered must not undo it."""
        try:
            self.ports.emit("aws.sagemaker", detail_type, [arn], detail)
        except Exception:
            log.exception("the event %r of %s could not be put on the bus", detail_type, arn)


def now() -> float:
    """Epoch seconds to the millisecond, the form in which AWS's JSON carries a time."""
    return round(time.time(), 3)

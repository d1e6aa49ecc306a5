"""What the runner has to know of a job; each kind of job (training, processing) is one of these.

Adding a kind is adding a class: the runner owns the order of things, time limits, stopping and what may go
wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from localcloud.services.sagemaker.jobs.hosts import Host
    from localcloud.services.sagemaker.ports import Image
    from localcloud.services.sagemaker.runtime.tree import Tree


class Phase(Enum):
    """Where a job is, in the runner's words; each kind says it in AWS's."""

    DOWNLOADING = "Downloading"
    RUNNING = "Running"
    UPLOADING = "Uploading"


class End(Enum):
    COMPLETED = "Completed"
    FAILED = "Failed"
    STOPPED = "Stopped"
    OUT_OF_TIME = "OutOfTime"
    # Only a job with managed spot training: waiting and running together took too long.
    OUT_OF_WAIT = "OutOfWait"


@dataclass(frozen=True)
class Plan:
    """What to run, read once from the job's record."""

    kind: str
    name: str
    image_uri: str
    role_arn: str
    log_group: str
    most_seconds: float
    environment: Mapping[str, str]
    isolated: bool
    hosts: int = 1
    # From its creation to its end; None is as long as it takes.
    most_wait_seconds: float | None = None


class Job(Protocol):
    @property
    def plan(self) -> Plan: ...

    def enter(self, phase: Phase) -> None:
        """Record the phase and tell the world."""

    def download(self, host: Host, s3: Any) -> None:
        """Fill the machine's tree. Raises DataError."""

    def tick(self, hosts: Sequence[Host], s3: Any) -> None:
        """Called again and again while the program runs, for what is to be brought out early."""

    def command(self, image: Image) -> Sequence[str]: ...

    def line(self, text: str) -> None:
        """A line that the program printed, on whichever machine."""

    def failure(self, tree: Tree, exit_code: int) -> str:
        """The FailureReason of a program that ended with this code, its machine's tree given."""

    def upload(self, hosts: Sequence[Host], s3: Any, end: End) -> None:
        """Take the results out. Raises DataError."""

    def finish(self, tree: Tree, end: End, reason: str | None) -> None:
        """Record the end and tell the world; the tree is the first machine's, or the one's that failed."""

"""What the SageMaker service needs from the cloud that it runs in, and nothing more.

The service reaches S3, CloudWatch Logs and CloudWatch over the wire, by boto3 against `endpoint_url`, as
SageMaker itself would; whatever it cannot do over the wire (who a role is, what an image is, putting an
`aws.*` event on the default bus, keeping a process inside the machine) comes through `CloudPorts`. So the
service runs under any base emulator and under the fakes of the tests. The cost: a call to S3 from here is
an HTTP request to our own process.

Every method may be called from several threads at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class ImageUnavailable(Exception):
    """The image does not exist or cannot be built; the text says why. A job that asks for it becomes
    Failed."""


@dataclass(frozen=True)
class Image:
    """A container image, ready to be run as plain processes on this machine."""

    # ENTRYPOINT, resolved so that it can be executed here: an absolute interpreter, not "python".
    argv_prefix: Sequence[str]
    # ENV, with a PATH on which an overriding entrypoint such as ["python3", "x.py"] finds its interpreter.
    env: Mapping[str, str]
    # The image's WORKDIR on this machine: the working directory of every process started from it.
    root: Path
    # "sha256:" and 64 hex digits, over everything that went into the image.
    digest: str
    # CMD: the arguments where the caller of the API gives none.
    default_arguments: Sequence[str] = field(default=())


class CloudPorts(Protocol):
    """What the cloud gives to its SageMaker service."""

    @property
    def endpoint_url(self) -> str:
        """Where this cloud answers, for example http://127.0.0.1:4566; known before the service starts."""

    @property
    def account(self) -> str:
        """The twelve-digit account of every ARN."""

    @property
    def region(self) -> str:
        """The region of every ARN."""

    def credentials_env(self, role_arn: str | None) -> dict[str, str]:
        """AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN) of a role; None is SageMaker
        itself."""

    def emit(self, source: str, detail_type: str, resources: list[str], detail: dict[str, Any]) -> None:
        """Put an event on the default bus; `aws.*` sources are allowed. Must not block on its consumers."""

    def image(self, uri: str) -> Image:
        """The image behind a URI, built if need be (so it may take long). Raises ImageUnavailable."""

    def fence_env(self) -> dict[str, str]:
        """Environment that keeps a process from any host but this machine. It wins over all other, except
        that its PYTHONPATH is put before the image's own.
        """

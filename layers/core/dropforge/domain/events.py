"""What happened, in the past tense: the facts that this application takes from AWS's events.

Each has an `identity`: what two deliveries of the same event have in common, and two events have not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class ObjectCreated:
    """S3: an object, or a new version of one, was written."""

    bucket: str
    key: str
    size: int
    etag: str
    version_id: str

    @property
    def version(self) -> str:
        """What tells this content from another under the same key."""
        return self.version_id or self.etag

    @property
    def identity(self) -> str:
        return f"{self.bucket}\n{self.key}\n{self.version}"


@dataclass(frozen=True)
class PackageChanged:
    """SageMaker: a model package was made, approved or rejected, or changed in some other way."""

    package_arn: str
    group: str
    version: int
    approval: str
    comment: str
    updated: tuple[str, ...]
    modified: str
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def approval_changed(self) -> bool:
        """Every change sends an event that names the status; only this says that the status is the news."""
        return "ModelApprovalStatus" in self.updated

    @property
    def identity(self) -> str:
        return "\n".join((self.package_arn, self.approval, self.modified, *self.updated))


@dataclass(frozen=True)
class AlarmChanged:
    """CloudWatch: an alarm changed its state."""

    name: str
    state: str
    reason: str
    changed: str
    namespace: str = ""
    dimensions: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        return f"{self.name}\n{self.state}\n{self.changed}"


@dataclass(frozen=True)
class ExecutionEnded:
    """Step Functions: an execution ended, well or badly."""

    execution_arn: str
    machine: str
    """The state machine's name without the stack's."""
    name: str
    status: str
    error: str
    cause: str
    input: Mapping[str, Any] = field(default_factory=dict)
    output: Mapping[str, Any] = field(default_factory=dict)
    stopped: str = ""
    is_cut: bool = False
    """AWS left input or output out, because the event would have grown too large."""

    @property
    def identity(self) -> str:
        """An execution that was redriven may end badly again: that is news."""
        return f"{self.execution_arn}\n{self.status}\n{self.stopped}"


def json_object(text: str | None) -> Mapping[str, Any]:
    """An execution's input or output; empty where someone started it by hand with no object at all."""
    try:
        document = json.loads(text) if text else {}
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}

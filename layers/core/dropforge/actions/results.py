"""What a function says it did. The wire sees them as JSON objects without their empty fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dropforge.domain.notifications import Notification


@dataclass(frozen=True)
class Ignored:
    """Nothing was to be done, and why."""

    reason: str
    status: str = "ignored"


@dataclass(frozen=True)
class Started:
    """An execution bears this name now; refused ones run too, to the Fail state that says why."""

    run: str
    usecase: str
    status: str = "started"
    reason: str | None = None


@dataclass(frozen=True)
class Notified:
    """A message went to the topic."""

    kind: str
    usecase: str
    message: str
    status: str = "notified"

    @classmethod
    def of(cls, notification: Notification, status: str = "notified") -> Notified:
        return cls(notification.kind, notification.usecase, notification.message, status)


@dataclass(frozen=True)
class Reported:
    """Every reaction to the end of an execution, by name, with what it answered."""

    run: str
    reactions: Mapping[str, Mapping[str, Any]]
    status: str = "reported"


@dataclass(frozen=True)
class Published:
    usecase: str
    contract: str
    status: str = "published"


@dataclass(frozen=True)
class Prepared:
    rows: int
    batches: int
    quarantined: int
    status: str = "prepared"


@dataclass(frozen=True)
class Predicted:
    batch: int
    rows: int
    status: str = "predicted"


@dataclass(frozen=True)
class Gated:
    run: str
    usecase: str
    rows: int
    doubtful: int
    quarantined: int
    predictions: str
    review: str | None
    status: str = "predicted"


@dataclass(frozen=True)
class Built:
    """The image is in the stack's repository."""

    uri: str
    status: str = "built"


@dataclass(frozen=True)
class Champion:
    """What a new model is compared with: the version that is served now."""

    usecase: str
    model_package_arn: str
    version: int
    model_data: str
    run: str | None
    status: str = "found"


@dataclass(frozen=True)
class NoChampion:
    """There is nothing to compare a new model with, and why."""

    usecase: str
    reason: str
    status: str = "none"

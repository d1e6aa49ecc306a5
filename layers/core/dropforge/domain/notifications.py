"""What people are told: one JSON document a message, its kind and use case as attributes to filter by."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_SUBJECT = 100
LARGEST = 240 * 1024
"""SNS takes 256 KiB, attributes and all."""


@dataclass(frozen=True)
class Notification:
    """`message` is one sentence that says what, where and what to do."""

    kind: str
    usecase: str
    message: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """SNS wants ASCII, one line, at most 100 characters."""
        text = f"[dropforge] {self.usecase}: {self.kind.replace('_', ' ')}"
        return text.encode("ascii", "replace").decode()[:LONGEST_SUBJECT]

    @property
    def body(self) -> str:
        return json.dumps(
            {"kind": self.kind, "usecase": self.usecase, "message": self.message, **self.fields}
        )


def fitting(notification: Notification, list_field: str) -> Notification:
    """The notification itself, or one whose list is cut to what SNS takes, with `truncated` saying so."""
    if len(notification.body) <= LARGEST:
        return notification
    kept = list(notification.fields[list_field])
    while True:
        cut = Notification(
            notification.kind,
            notification.usecase,
            notification.message,
            {**notification.fields, list_field: kept, "truncated": True},
        )
        if len(cut.body) <= LARGEST or not kept:
            return cut
        kept = kept[: min(len(kept) - 1, int(len(kept) * LARGEST / len(cut.body)))]

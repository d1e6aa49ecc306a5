"""What people receive: one JSON document a message, its kind and use case as attributes to filter by."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_SUBJECT = 100
LARGEST = 240 * 1024
"""SNS takes 256 KiB, attributes and all."""


@dataclass(frozen=True)
class Notification:
    """What `messages` composes and the topic sends."""

    kind: str
    """One word that subscribers filter by; it never changes its meaning."""
    usecase: str
    message: str
    """One sentence that says what, where and what to do."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """The facts behind the sentence, for programs."""
    headline: str = ""
    """An e-mail's subject, where the kind alone says too little."""

    @property
    def subject(self) -> str:
        """SNS wants ASCII, one line, at most 100 characters."""
        headline = self.headline or f"{self.usecase}: {self.kind.replace('_', ' ')}"
        return f"[dropforge] {headline}".encode("ascii", "replace").decode()[:LONGEST_SUBJECT]

    @property
    def body(self) -> str:
        return json.dumps(
            {"kind": self.kind, "usecase": self.usecase, "message": self.message, **self.fields}
        )


def truncated(notification: Notification, list_field: str) -> Notification:
    """The notification itself, or one whose list is cut to what SNS takes, with `truncated` saying so."""
    if len(notification.body) <= LARGEST:
        return notification
    kept = list(notification.fields[list_field])
    while True:
        fields = {**notification.fields, list_field: kept, "truncated": True}
        cut = replace(notification, fields=fields)
        if len(cut.body) <= LARGEST or not kept:
            return cut
        kept = kept[: min(len(kept) - 1, int(len(kept) * LARGEST / len(cut.body)))]

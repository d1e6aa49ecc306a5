"""S3's notifications, from the change of an object to whom its bucket notifies.

MiniStack hands them over in a thread that a kill ends. Here each is noted first. EventBridge's events of
buckets lack the object's version in MiniStack, and their times have fractions of a second.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import contextvars
import json
import time
from typing import TYPE_CHECKING, Any

from localcloud.ministack.rebinding import replace

if TYPE_CHECKING:
    from localcloud.services.events.in_flight import InFlight

# The version of the object whose notifications this thread sends.
_version: contextvars.ContextVar[str | None] = contextvars.ContextVar("s3_version_id", default=None)


class Buckets:
    """The notifications of one cloud's buckets."""

    def __init__(self, in_flight: InFlight) -> None:
        from ministack.services import s3

        self._s3, self._in_flight = s3, in_flight

    def install(self) -> None:
        replace(self._s3, "_fire_s3_event_async", self.notify)

    def notify(self, bucket: str, key: str, event_name: str, *about: Any, **more: Any) -> None:
        """Note what happened to an object, and notify in a thread whom the bucket names."""
        if bucket not in self._s3._bucket_notifications:
            return
        more = {"sequencer": self._s3._next_event_sequencer(event_name), **more}

        def fire() -> None:
            _version.set(more.get("version_id"))
            self._s3._fire_s3_event(bucket, key, event_name, *about, **more)

        self._in_flight.hand_over("s3", [[bucket, key, event_name, *about], more], fire)

    def notify_again(self, arguments: list[Any], more: dict[str, Any]) -> None:
        self.notify(*arguments, **more)


def completed(event: dict[str, Any]) -> dict[str, Any]:
    """A bucket's event as EventBridge has it. Any other event is returned as it is, and so is one that was
    completed and comes from another bus."""
    if event.get("Source") != "aws.s3" or not isinstance(event.get("Time"), str):
        return event
    detail, version = json.loads(event["Detail"]), _version.get()
    if version and version != "null":
        detail["object"]["version-id"] = version
    return {**event, "Detail": json.dumps(detail), "Time": int(time.time())}

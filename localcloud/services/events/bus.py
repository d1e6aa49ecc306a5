"""EventBridge's bus: which entries it takes, events of `aws.*` sources, and schedules in the time scale.

What an event comes to is on the disk before its sender is answered: putting events is one piece of work.
`targets` brings events to where the rules send them.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from localcloud.ministack.rebinding import replace
from localcloud.services.events.buckets import completed

if TYPE_CHECKING:
    from localcloud.clock import Clock
    from localcloud.durability.unit import Keeper


class Bus:
    """The buses of one cloud. AWS's services put their events into one account and region."""

    def __init__(self, keeper: Keeper, account: str, region: str) -> None:
        from ministack.services import eventbridge

        self._keeper, self.scope = keeper, (account, region)
        self._eventbridge = eventbridge
        self._put, self._dispatch = eventbridge._put_events, eventbridge._dispatch_event

    def install(self) -> None:
        replace(self._eventbridge, "_put_events", self.put)
        replace(self._eventbridge, "_dispatch_event", self.dispatch)

    def emit(self, source: str, detail_type: str, resources: list[str], detail: dict[str, Any]) -> None:
        """Put one event on the default bus, as the AWS service of that name."""
        from ministack.core.responses import request_scope

        entry = {
            "Source": source,
            "DetailType": detail_type,
            "Detail": json.dumps(detail),
            "Resources": resources,
        }
        with request_scope(*self.scope):
            self.put({"Entries": [entry]}, allow_aws_source=True)

    def put(self, data: dict[str, Any], allow_aws_source: bool = False) -> Any:
        """PutEvents takes the entries that are events, and says of each other one what is wrong with it."""
        entries = data.get("Entries", [])
        refusals = [_refusal(entry) for entry in entries]
        taken = [entry for entry, refusal in zip(entries, refusals, strict=True) if refusal is None]
        with self._keeper.unit():
            response = self._put({**data, "Entries": taken}, allow_aws_source)
        if len(taken) == len(entries) or response[0] != 200:
            return response
        answer = json.loads(response[2])
        results = iter(answer["Entries"])
        answer["Entries"] = [next(results) if refusal is None else refusal for refusal in refusals]
        answer["FailedEntryCount"] += len(entries) - len(taken)
        return self._eventbridge.json_response(answer)

    def dispatch(self, event: dict[str, Any], view: Any = None) -> None:
        """Find the rules of an event; a bucket's event lacks something until then."""
        whole = completed(event)
        self._dispatch(whole, view if whole is event else None)


def _refusal(entry: dict[str, Any]) -> dict[str, str] | None:
    for name in ("Source", "DetailType", "Detail"):
        if not entry.get(name):
            text = f"Parameter {name} is not valid. Reason: {name} is a required argument."
            return {"ErrorCode": "InvalidArgument", "ErrorMessage": text}
    try:
        whole = isinstance(json.loads(entry["Detail"]), dict)
    except ValueError:
        whole = False
    return None if whole else {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}


def scale_schedules(clock: Clock) -> None:
    """rate() by the time scale; cron() and at() name moments of the clock and stay."""
    from ministack.services import eventbridge, scheduler

    seconds = eventbridge._parse_rate_seconds

    def scaled_seconds(expression: str) -> float | None:
        found = seconds(expression)
        return None if found is None else clock.scaled(found)

    tick = max(0.5, clock.scaled(eventbridge._SCHEDULER_TICK_INTERVAL))
    replace(eventbridge, "_parse_rate_seconds", scaled_seconds)
    replace(eventbridge, "_SCHEDULER_TICK_INTERVAL", tick)
    replace(scheduler, "_SCHEDULE_TICK_INTERVAL", tick)

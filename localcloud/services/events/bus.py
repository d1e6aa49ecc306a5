"""EventBridge: events of `aws.*` sources, and S3's version id. `delivery` brings events to their targets."""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import contextvars
import json
import time
from typing import TYPE_CHECKING, Any

from localcloud.clock import scaled
from localcloud.services.events import delivery

if TYPE_CHECKING:
    from collections.abc import Callable

_version_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("s3_version_id", default=None)


def emit(
    account: str, region: str, source: str, detail_type: str, resources: list[str], detail: dict[str, Any]
) -> None:
    """Put one event on the default bus, as the AWS service of that name."""
    from ministack.core.responses import request_scope
    from ministack.services import eventbridge

    entry = {
        "Source": source,
        "DetailType": detail_type,
        "Detail": json.dumps(detail),
        "Resources": resources,
    }
    with request_scope(account, region):
        eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def install() -> None:
    """Mend EventBridge and the events of S3."""
    from ministack.services import eventbridge, lambda_svc, s3, scheduler

    _carry_version_id(s3, eventbridge)
    _refuse_entries(eventbridge)
    delivery.install(eventbridge, lambda_svc)
    _scale_schedules(eventbridge, scheduler)


def _refuse_entries(eventbridge: Any) -> None:
    """PutEvents takes the entries that are events, and says of each other one what is wrong with it."""
    put = eventbridge._put_events

    def put_events(data: dict[str, Any], allow_aws_source: bool = False) -> Any:
        entries = data.get("Entries", [])
        refusals = [_refusal(entry) for entry in entries]
        taken = [entry for entry, refusal in zip(entries, refusals, strict=True) if refusal is None]
        if len(taken) == len(entries):
            return put(data, allow_aws_source)
        answer = json.loads(put({**data, "Entries": taken}, allow_aws_source)[2])
        results = iter(answer["Entries"])
        answer["Entries"] = [next(results) if refusal is None else refusal for refusal in refusals]
        answer["FailedEntryCount"] += len(entries) - len(taken)
        return eventbridge.json_response(answer)

    eventbridge._put_events = put_events


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


def _scale_schedules(eventbridge: Any, scheduler: Any) -> None:
    """rate() by the time scale; cron() and at() name moments of the clock and stay."""
    seconds: Callable[[str], int | None] = eventbridge._parse_rate_seconds

    def scaled_seconds(expression: str) -> float | None:
        found = seconds(expression)
        return None if found is None else scaled(found)

    eventbridge._parse_rate_seconds = scaled_seconds
    tick = max(0.5, scaled(eventbridge._SCHEDULER_TICK_INTERVAL))
    eventbridge._SCHEDULER_TICK_INTERVAL = scheduler._SCHEDULE_TICK_INTERVAL = tick


def _carry_version_id(s3: Any, eventbridge: Any) -> None:
    fire: Callable[..., None] = s3._fire_s3_event
    dispatch: Callable[..., None] = eventbridge._dispatch_event

    def fire_with_version(*args: Any, **kwargs: Any) -> None:
        token = _version_id.set(kwargs.get("version_id"))
        try:
            fire(*args, **kwargs)
        finally:
            _version_id.reset(token)

    def dispatch_with_version(event: dict[str, Any], view: Any = None) -> None:
        version = _version_id.get()
        if event.get("Source") == "aws.s3":
            detail = json.loads(event["Detail"])
            if version and version != "null":
                detail["object"]["version-id"] = version
            # Events carry whole seconds.
            event, view = {**event, "Detail": json.dumps(detail), "Time": int(time.time())}, None
        # What the event starts is no longer part of this upload.
        contextvars.copy_context().run(_dispatch_plain, dispatch, event, view)

    s3._fire_s3_event = fire_with_version
    eventbridge._dispatch_event = dispatch_with_version


def _dispatch_plain(dispatch: Callable[..., None], event: dict[str, Any], view: Any) -> None:
    _version_id.set(None)
    dispatch(event, view)

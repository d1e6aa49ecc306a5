"""Reading log events as AWS does: by prefixes of streams, in pages, within limits.

FilterLogEvents is done here, because MiniStack's knows neither prefixes nor pages; GetLogEvents and
DescribeLogStreams are MiniStack's behind checks of what AWS refuses. A token names the last event that was
told, so that a page is the same whatever comes in meanwhile. Its cost: every page looks at all events from
the token's moment on.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import base64
import hashlib
import heapq
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_MOST_EVENTS, _MOST_STREAMS, _MOST_BYTES = 10_000, 50, 1 << 20
# What CloudWatch Logs counts for an event beside its message.
_BYTES_BESIDE = 26
# Newest first is told from 2024 on.
_FIRST_BACKWARDS = 1_704_067_200_000
_BOTH = "The parameters logStreamNames and logStreamNamePrefix are mutually exclusive."
_BY_TIME = "Cannot order by LastEventTime with a logStreamNamePrefix."

# Where an event stands among all: time, time of ingestion, stream, and its number among those in the stream.
Position = tuple[int, int, str, int]
Found = tuple[Position, Mapping[str, Any]]
Operation = Callable[[Any, dict[str, Any]], Any]


class _Refused(Exception):
    """What the caller is told with an InvalidParameterException."""


def install() -> None:
    """Stand before MiniStack's handler in its table of services."""
    from ministack import app
    from ministack.services import cloudwatch_logs as logs

    own = app.SERVICE_HANDLERS["logs"]
    operations: dict[str, Operation] = {
        "DescribeLogStreams": _describe_streams,
        "FilterLogEvents": _filter,
        "GetLogEvents": _get_events,
    }

    async def handle(method: str, path: str, headers: Any, body: bytes, query_params: Any) -> Any:
        operation = operations.get(headers.get("x-amz-target", "").rpartition(".")[2])
        data = _object(body)
        if operation is None or data is None:
            return await own(method, path, headers, body, query_params)
        try:
            return operation(logs, data)
        except _Refused as refused:
            return logs.error_response_json("InvalidParameterException", str(refused), 400)

    app.SERVICE_HANDLERS["logs"] = handle


def _object(body: bytes) -> dict[str, Any] | None:
    """A call's parameters; None where they are not, which MiniStack refuses in its own words."""
    try:
        data = json.loads(body or b"{}")
    except ValueError:
        return None
    return data if isinstance(data, dict) else None


def _get_events(logs: Any, data: dict[str, Any]) -> Any:
    _check_limit(data, _MOST_EVENTS)
    return logs._get_log_events(data)


def _describe_streams(logs: Any, data: dict[str, Any]) -> Any:
    _check_streams(data, logs)
    return logs._describe_log_streams({**data, "logGroupName": logs._resolve_log_group_name(data)})


def _check_limit(data: Mapping[str, Any], most: int) -> None:
    limit = data.get("limit", most)
    if not 1 <= limit <= most:
        bound = "greater than or equal to 1" if limit < 1 else f"less than or equal to {most}"
        raise _Refused(
            f"1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint: "
            f"Member must have value {bound}"
        )


def _check_streams(data: Mapping[str, Any], logs: Any) -> None:
    _check_limit(data, _MOST_STREAMS)
    if data.get("orderBy") == "LastEventTime" and data.get("logStreamNamePrefix"):
        raise _Refused(_BY_TIME)
    token = data.get("nextToken")
    if token and logs._encode_token(logs._decode_token(token)) != token:
        raise _Refused("The specified nextToken is invalid.")


def _filter(logs: Any, data: dict[str, Any]) -> Any:
    group = logs._resolve_log_group_name(data)
    _check_limit(data, _MOST_EVENTS)
    forward, after = _direction(data)
    within = _within(data, after, forward=forward)
    if group not in logs._log_groups:
        message = f"The specified log group does not exist: {group}"
        return logs.error_response_json("ResourceNotFoundException", message, 400)
    with logs._log_events_lock:
        streams = _chosen(logs._log_groups[group]["streams"], data)
        parts = [list(_placed(name, stream["events"], *within)) for name, stream in streams.items()]
    found = _beyond(_interleaved(parts, forward=forward), after, forward=forward)
    wanted = logs._compile_filter_pattern(data.get("filterPattern", ""))
    matching = (each for each in found if wanted(each[1].get("message", "")))
    page, token = _page(matching, data.get("limit", _MOST_EVENTS), forward=forward)
    events = [_described(group, position, event) for position, event in page]
    answer = {"events": events, "searchedLogStreams": []}
    return logs.json_response(answer | ({"nextToken": token} if token else {}))


def _chosen(streams: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    names, prefix = data.get("logStreamNames"), data.get("logStreamNamePrefix")
    if names and prefix:
        raise _Refused(_BOTH)
    return {
        name: stream
        for name, stream in streams.items()
        if (not names or name in names) and name.startswith(prefix or "")
    }


def _time(event: Mapping[str, Any]) -> int:
    return int(event["timestamp"])


def _within(data: Mapping[str, Any], after: Position | None, *, forward: bool) -> tuple[int, int | None]:
    """The first and the last moment of what is left to tell."""
    start, end = int(data.get("startTime", 0)), data.get("endTime")
    if after is None:
        return start, end
    moment = after[0]
    return (max(start, moment), end) if forward else (start, moment if end is None else min(end, moment))


def _placed(name: str, events: list[Mapping[str, Any]], start: int, end: int | None) -> Iterator[Found]:
    """A stream's events within that time, each with its position. The slice begins with the first event of
    its moment, so that an event's number is always the same."""
    low = bisect_left(events, start, key=_time)
    high = len(events) if end is None else bisect_right(events, end, key=_time)
    last, number = (-1, -1), 0
    for event in events[low:high]:
        moment = (_time(event), int(event.get("ingestionTime", 0)))
        last, number = moment, number + 1 if moment == last else 0
        yield (*moment, name, number), event


def _order(found: Found) -> Position:
    return found[0]


def _interleaved(parts: list[list[Found]], *, forward: bool) -> Iterator[Found]:
    ordered = parts if forward else [part[::-1] for part in parts]
    return heapq.merge(*ordered, key=_order, reverse=not forward)


def _beyond(found: Iterator[Found], after: Position | None, *, forward: bool) -> Iterator[Found]:
    """What comes after the position that the token names."""
    if after is None:
        return found
    return (each for each in found if (each[0] > after if forward else each[0] < after))


def _page(found: Iterator[Found], limit: int, *, forward: bool) -> tuple[list[Found], str | None]:
    """As many as a page holds, and the token if there are more."""
    page: list[Found] = []
    size = 0
    for each in found:
        size += len(each[1].get("message", "").encode()) + _BYTES_BESIDE
        if page and (len(page) == limit or size > _MOST_BYTES):
            return page, _token(page[-1][0], forward=forward)
        page.append(each)
    return page, None


def _token(position: Position, *, forward: bool) -> str:
    return base64.urlsafe_b64encode(json.dumps([forward, *position]).encode()).decode()


def _direction(data: Mapping[str, Any]) -> tuple[bool, Position | None]:
    """Whether the oldest come first, and after which event; a token knows both."""
    if data.get("nextToken"):
        return _from_token(data["nextToken"])
    forward = bool(data.get("startFromHead", True))
    if not forward and data.get("startTime", _FIRST_BACKWARDS) < _FIRST_BACKWARDS:
        raise _Refused("startFromHead=false needs a startTime on or after January 1, 2024.")
    return forward, None


def _from_token(token: str) -> tuple[bool, Position]:
    try:
        forward, time, ingested, stream, number = json.loads(base64.urlsafe_b64decode(token))
        return bool(forward), (int(time), int(ingested), str(stream), int(number))
    except (TypeError, ValueError) as error:
        raise _Refused("The specified nextToken is invalid.") from error


def _described(group: str, position: Position, event: Mapping[str, Any]) -> dict[str, Any]:
    time, ingested, stream, _ = position
    return {
        "logStreamName": stream,
        "timestamp": time,
        "message": event.get("message", ""),
        "ingestionTime": ingested,
        "eventId": event.get("eventId") or _identity(group, position),
    }


def _identity(group: str, position: Position) -> str:
    """For what a service wrote by itself: 56 digits like AWS's, the same whenever the event is told."""
    digest = hashlib.blake2b(repr((group, position)).encode(), digest_size=24).digest()
    return f"{int.from_bytes(digest) % 10**56:056d}"

"""Log lines out of CloudWatch Logs, from the groups that AWS itself names."""

import time
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from cli.show import document, note
from dropforge.aws.clients import code_of
from dropforge.operations.executions import PROCESSING_LOGS, TRAINING_LOGS
from dropforge.operations.stack import Stack

FOLLOW_SECONDS = 1.0


@dataclass(frozen=True)
class Source:
    """A log group and, where the group is shared, the streams that count."""

    group: str
    prefix: str | None = None


def sources_for(stack: Stack, function: str | None, run: str | None, endpoint: str | None) -> list[Source]:
    """Where the lines are that were asked for; without a question, those of all functions."""
    if function:
        return [Source(f"/aws/lambda/{stack.function(function)}")]
    if run:
        trials = Source(TRAINING_LOGS, f"{run[-16:]}-tune")  # names of at most 32
        return [Source(PROCESSING_LOGS, run), Source(TRAINING_LOGS, run), trials]
    if endpoint:
        name = endpoint if endpoint.startswith(stack.named("")) else stack.named(endpoint)
        return [Source(f"/aws/sagemaker/Endpoints/{name}")]
    return [Source(f"/aws/lambda/{name}") for name in sorted(stack.functions.values())]


def show(stack: Stack, sources: list[Source], minutes: float, *, as_json: bool) -> int:
    """Print what there is; the answer is the moment (ms) up to which it was."""
    begin = int((time.time() - minutes * 60) * 1000)
    events = collect(stack, sources, begin)
    if as_json:
        document([{"time": e["timestamp"], "source": e["source"], "message": e["message"]} for e in events])
    else:
        print_lines(events)
    if not events:
        note(f"nothing was logged in the last {minutes:g} minutes; --minutes N looks further back")
    return max((event["timestamp"] + 1 for event in events), default=begin)


def follow(stack: Stack, sources: list[Source], since: int) -> None:
    """Print new lines until interrupted."""
    while True:
        time.sleep(FOLLOW_SECONDS)
        events = collect(stack, sources, since)
        print_lines(events)
        since = max((event["timestamp"] + 1 for event in events), default=since)


def collect(stack: Stack, sources: list[Source], begin: int) -> list[dict[str, Any]]:
    """The lines of all sources since a moment, in the order of their times."""
    found = [event for source in sources for event in read(stack, source, begin)]
    return sorted(found, key=lambda event: event["timestamp"])


def read(stack: Stack, source: Source, begin: int) -> list[dict[str, Any]]:
    """The lines of one source; a group that does not exist yet has none."""
    asked = {"logStreamNamePrefix": source.prefix} if source.prefix else {}
    pages = stack.client("logs").get_paginator("filter_log_events")
    try:
        return [
            {**event, "source": event["logStreamName"] if source.prefix else source.group.rpartition("/")[2]}
            for page in pages.paginate(logGroupName=source.group, startTime=begin, **asked)
            for event in page["events"]
        ]
    except ClientError as fault:
        if code_of(fault) == "ResourceNotFoundException":
            return []
        raise


def print_lines(events: list[dict[str, Any]]) -> None:
    """One line an event: time, source, message."""
    for event in events:
        clock = time.strftime("%H:%M:%S", time.gmtime(event["timestamp"] / 1000))
        print(f"{clock} {event['source']}  {event['message'].rstrip()}", flush=True)

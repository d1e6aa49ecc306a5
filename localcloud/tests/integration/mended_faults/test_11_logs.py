"""Fault 11: log events are read without prefixes of streams, without pages and beyond limits."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from localcloud.tests.integration.mended_faults.endpoints import answered, function, seen_here_only

if TYPE_CHECKING:
    from localcloud.tests.integration.mended_faults.endpoints import Endpoint


def streams(endpoint: Endpoint, **lines: list[tuple[int, str]]) -> tuple[str, int]:
    """A group with such streams, whose lines are (milliseconds since its beginning, message)."""
    logs, group, begin = (
        endpoint.client("logs"),
        f"fields/{uuid.uuid4().hex}",
        int(time.time() * 1000) - 60_000,
    )
    logs.create_log_group(logGroupName=group)
    for name, events in lines.items():
        logs.create_log_stream(logGroupName=group, logStreamName=name)
        given = [{"timestamp": begin + at, "message": message} for at, message in events]
        logs.put_log_events(logGroupName=group, logStreamName=name, logEvents=given)
    return group, begin


def filtered(endpoint: Endpoint, group: str, **asked: Any) -> list[dict[str, Any]]:
    pages = endpoint.client("logs").get_paginator("filter_log_events")
    return [e for page in pages.paginate(logGroupName=group, **asked) for e in page["events"]]


def refused(call: Any, **asked: Any) -> bool:
    try:
        call(**asked)
    except ClientError as error:
        return error.response["Error"]["Code"] == "InvalidParameterException"
    return False


def test_a_prefix_of_streams_leaves_the_others_out(plain: Endpoint, cloud: Endpoint) -> None:
    """FilterLogEvents with logStreamNamePrefix, which is how one run's lines are found in a group of many."""

    def body(endpoint: Endpoint) -> bool:
        group, _ = streams(endpoint, cow_1=[(0, "moo")], cow_2=[(1, "moo too")], hen_1=[(2, "cluck")])
        return [e["message"] for e in filtered(endpoint, group, logStreamNamePrefix="cow_")] == [
            "moo",
            "moo too",
        ]

    seen_here_only(body, plain, cloud)


def test_names_and_a_prefix_of_streams_exclude_each_other(plain: Endpoint, cloud: Endpoint) -> None:
    """FilterLogEvents with both is refused."""

    def body(endpoint: Endpoint) -> bool:
        group, _ = streams(endpoint, cow=[(0, "moo")])
        call = endpoint.client("logs").filter_log_events
        return refused(call, logGroupName=group, logStreamNames=["cow"], logStreamNamePrefix="c")

    seen_here_only(body, plain, cloud)


def test_pages_tell_every_event_once_whatever_comes_in_meanwhile(plain: Endpoint, cloud: Endpoint) -> None:
    """Streams are interleaved by time; events of one moment keep their order; lines that arrive between two
    pages neither repeat nor hide others."""

    def body(endpoint: Endpoint) -> bool:
        logs = endpoint.client("logs")
        cow = [(0, "a"), (10, "c"), (10, "d"), (10, "e"), (30, "g")]
        group, begin = streams(endpoint, cow=cow, hen=[(5, "b"), (20, "f")])
        first = logs.filter_log_events(logGroupName=group, limit=3)
        early = [{"timestamp": begin + 1, "message": "late for the first page"}]
        logs.put_log_events(logGroupName=group, logStreamName="hen", logEvents=early)
        events, token = first["events"], first.get("nextToken")
        while token:
            page = logs.filter_log_events(logGroupName=group, limit=3, nextToken=token)
            events, token = events + page["events"], page.get("nextToken")
        one_each = len({e["eventId"] for e in events}) == 7 and all("ingestionTime" in e for e in events)
        return "".join(e["message"] for e in events) == "abcdefg" and one_each

    seen_here_only(body, plain, cloud)


def test_newest_first_on_demand(plain: Endpoint, cloud: Endpoint) -> None:
    """startFromHead=false, whose direction the token keeps."""

    def body(endpoint: Endpoint) -> bool:
        group, _ = streams(endpoint, cow=[(0, "a"), (10, "c")], hen=[(5, "b"), (20, "d"), (20, "e")])
        asked = {"startFromHead": False, "PaginationConfig": {"PageSize": 2}}
        return "".join(e["message"] for e in filtered(endpoint, group, **asked)) == "edcba"

    seen_here_only(body, plain, cloud)


def test_more_than_a_page_is_told_in_pages(plain: Endpoint, cloud: Endpoint) -> None:
    """10,500 events come in two pages at least, and a page has at most 1 MB."""

    def body(endpoint: Endpoint) -> bool:
        lines = [(at, "m" * 60) for at in range(10_000)]
        group, _ = streams(endpoint, cow=lines, hen=[(at, "c") for at in range(500)], ox=[(0, "o" * 900_000)])
        first = endpoint.client("logs").filter_log_events(logGroupName=group)
        size = sum(len(e["message"]) for e in first["events"])
        return "nextToken" in first and size <= 1 << 20 and len(filtered(endpoint, group)) == 10_501

    seen_here_only(body, plain, cloud)


def test_a_functions_lines_have_identities(plain: Endpoint, cloud: Endpoint) -> None:
    """What Lambda wrote has an eventId too, the same at every reading."""

    def body(endpoint: Endpoint) -> bool:
        answered(endpoint)
        group = f"/aws/lambda/{function(endpoint)}"
        first, again = filtered(endpoint, group), filtered(endpoint, group)
        ids = [e.get("eventId") for e in first]
        return None not in ids and len(set(ids)) == len(ids) and [e["eventId"] for e in again] == ids

    seen_here_only(body, plain, cloud)


def test_limits_tokens_and_orders_that_aws_refuses(plain: Endpoint, cloud: Endpoint) -> None:
    """A limit beyond the page, a token that nobody gave, and an order by time of streams with a prefix."""

    def body(endpoint: Endpoint) -> bool:
        logs, (group, _) = endpoint.client("logs"), streams(endpoint, cow=[(0, "moo")])
        in_group = {"logGroupName": group}
        return all(
            (
                refused(logs.filter_log_events, **in_group, limit=10_001),
                refused(logs.filter_log_events, **in_group, nextToken="none"),
                refused(logs.get_log_events, **in_group, logStreamName="cow", limit=10_001),
                refused(logs.describe_log_streams, **in_group, limit=51),
                refused(logs.describe_log_streams, **in_group, nextToken="none"),
                refused(
                    logs.describe_log_streams, **in_group, orderBy="LastEventTime", logStreamNamePrefix="c"
                ),
            )
        )

    seen_here_only(body, plain, cloud)


def test_a_group_may_be_named_by_its_arn(plain: Endpoint, cloud: Endpoint) -> None:
    """DescribeLogStreams with logGroupIdentifier."""

    def body(endpoint: Endpoint) -> bool:
        group, _ = streams(endpoint, cow=[(0, "moo")])
        arn = f"arn:aws:logs:us-east-1:000000000000:log-group:{group}"
        try:
            found = endpoint.client("logs").describe_log_streams(logGroupIdentifier=arn)["logStreams"]
        except ClientError:
            return False
        return [stream["logStreamName"] for stream in found] == ["cow"]

    seen_here_only(body, plain, cloud)


def test_get_log_events_goes_both_ways(cloud: Endpoint) -> None:
    """MiniStack's own: from the end unless asked otherwise, tokens in both directions, and the same token
    again where nothing more is."""
    logs = cloud.client("logs")
    group, begin = streams(cloud, cow=[(at, str(at)) for at in range(7)])
    asked = {"logGroupName": group, "logStreamName": "cow", "limit": 3}

    def page(**more: Any) -> tuple[str, str, str]:
        got = logs.get_log_events(**asked, **more)
        said = "".join(e["message"] for e in got["events"])
        return said, got["nextForwardToken"], got["nextBackwardToken"]

    newest, forward, backward = page()
    assert newest == "456"
    assert page(nextToken=forward)[:2] == ("", forward)
    older, _, backward = page(nextToken=backward)
    oldest, _, backward = page(nextToken=backward)
    assert (older, oldest) == ("123", "0")
    assert page(nextToken=backward)[::2] == ("", backward)
    first, forward, _ = page(startFromHead=True)
    assert (first, page(nextToken=forward)[0]) == ("012", "345")
    assert page(startFromHead=True, startTime=begin + 2, endTime=begin + 4)[0] == "23"


def test_streams_are_listed_by_name_or_by_their_last_event(cloud: Endpoint) -> None:
    """In pages, in both directions."""
    group, _ = streams(cloud, ant=[(30, "x")], bee=[(10, "x")], bug=[(20, "x")])

    def listed(**asked: Any) -> list[str]:
        pages = cloud.client("logs").get_paginator("describe_log_streams")
        found = pages.paginate(logGroupName=group, PaginationConfig={"PageSize": 2}, **asked)
        return [stream["logStreamName"] for page in found for stream in page["logStreams"]]

    assert listed() == ["ant", "bee", "bug"]
    assert listed(logStreamNamePrefix="b", descending=True) == ["bug", "bee"]
    assert listed(orderBy="LastEventTime") == ["bee", "bug", "ant"]
    assert listed(orderBy="LastEventTime", descending=True) == ["ant", "bug", "bee"]

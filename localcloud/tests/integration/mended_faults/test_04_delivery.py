"""Fault 4: retry policies and dead-letter queues of targets are not looked at."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from localcloud.tests.integration.mended_faults.endpoints import (
    ROLE,
    attributes,
    queue,
    received,
    seen_here_only,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localcloud.tests.integration.mended_faults.endpoints import Endpoint


def test_what_cannot_be_delivered_goes_to_the_dead_letter_queue(plain: Endpoint, cloud: Endpoint) -> None:
    """A target that is not there is not tried again, and the message says which rule, target and error."""

    def body(endpoint: Endpoint) -> bool:
        url, arn = queue(endpoint, "letters")
        events, gone = endpoint.client("events"), "arn:aws:sqs:us-east-1:000000000000:gone"
        rule = events.put_rule(Name="lost", EventPattern='{"source": ["shop"]}')["RuleArn"]
        target = {"Id": "1", "Arn": gone, "DeadLetterConfig": {"Arn": arn}}
        events.put_targets(Rule="lost", Targets=[target])
        events.put_events(Entries=[{"Source": "shop", "DetailType": "sold", "Detail": '{"cow": 1}'}])
        message = received(endpoint, url, 2)
        found = attributes(message)
        return message is not None and (
            json.loads(message["Body"])["detail"] == {"cow": 1}
            and (found["RULE_ARN"], found["TARGET_ARN"], found["ERROR_CODE"]) == (rule, gone, "NO_RESOURCE")
            and "RETRY_ATTEMPTS" not in found
        )

    seen_here_only(body, plain, cloud)


class Busy(BaseHTTPRequestHandler):
    """Answers 503 until its server has been asked `patience` times."""

    def do_POST(self) -> None:
        server: Any = self.server
        self.rfile.read(int(self.headers["content-length"]))
        server.asked += 1
        self.send_response(503 if server.asked <= server.patience else 200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def busy() -> Iterator[Any]:
    server: Any = HTTPServer(("127.0.0.1", 0), Busy)
    server.asked = 0
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def send_to(endpoint: Endpoint, server: Any, name: str, most: int, letters: str) -> None:
    """A rule whose target is the server, and one event for it."""
    events = endpoint.client("events")
    key = {"ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "v"}}
    connection = events.create_connection(Name=name, AuthorizationType="API_KEY", AuthParameters=key)
    destination = events.create_api_destination(
        Name=name,
        ConnectionArn=connection["ConnectionArn"],
        InvocationEndpoint=f"http://127.0.0.1:{server.server_port}/",
        HttpMethod="POST",
    )["ApiDestinationArn"]
    events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
    target = {
        "Id": "1",
        "Arn": destination,
        "RoleArn": ROLE,
        "RetryPolicy": {"MaximumRetryAttempts": most, "MaximumEventAgeInSeconds": 3600},
        "DeadLetterConfig": {"Arn": letters},
    }
    events.put_targets(Rule=name, Targets=[target])
    events.put_events(Entries=[{"Source": name, "DetailType": "x", "Detail": "{}"}])


def test_a_busy_target_is_tried_again(plain: Endpoint, cloud: Endpoint, busy: Any) -> None:
    """Twice refused, delivered at the third try."""

    def body(endpoint: Endpoint) -> bool:
        busy.asked, busy.patience = 0, 2
        send_to(endpoint, busy, "again", 5, queue(endpoint, "again")[1])
        deadline = time.monotonic() + 2
        while busy.asked < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        return bool(busy.asked == 3)

    seen_here_only(body, plain, cloud)


def test_a_target_that_stays_busy_is_given_up(plain: Endpoint, cloud: Endpoint, busy: Any) -> None:
    """After MaximumRetryAttempts the event is in the dead-letter queue, with how often it was tried again."""

    def body(endpoint: Endpoint) -> bool:
        busy.asked, busy.patience = 0, 99
        url, arn = queue(endpoint, "busy-letters")
        send_to(endpoint, busy, "busy", 1, arn)
        found = attributes(received(endpoint, url, 5))
        wanted = {
            "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
            "RETRY_ATTEMPTS": "1",
            "ERROR_CODE": "ERROR_FROM_TARGET",
        }
        return wanted.items() <= found.items() and bool(busy.asked == 2)

    seen_here_only(body, plain, cloud)


def test_an_entry_that_is_not_an_event_is_refused_and_the_others_are_taken(
    plain: Endpoint, cloud: Endpoint
) -> None:
    """PutEvents answers for each entry: one without a source or whose detail is not JSON is refused."""

    def body(endpoint: Endpoint) -> bool:
        whole = {"Source": "shop", "DetailType": "sold", "Detail": "{}"}
        sourceless = {name: value for name, value in whole.items() if name != "Source"}
        answer = endpoint.client("events").put_events(Entries=[sourceless, whole, {**whole, "Detail": "cow"}])
        codes = [entry.get("ErrorCode") for entry in answer["Entries"]]
        return (answer["FailedEntryCount"], codes) == (2, ["InvalidArgument", None, "MalformedDetail"])

    seen_here_only(body, plain, cloud)

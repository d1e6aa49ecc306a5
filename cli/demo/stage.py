"""Where the demo plays: the cloud, an inbox of its notifications, and insisting on what has to be true."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from cli.errors import Refused
from dropforge.operations.stack import Stack

Answer = TypeVar("Answer")
USECASE = "loan"
STRICT = "loan-strict"


class Stage:
    """What the steps share. Files are made in a folder that goes away with the demo."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack = stack
        self.folder = folder
        self.seed = time.time_ns() % 1_000_000  # new data each time, so that a second demo has new runs
        self.versions: list[int] = []
        self.queue = ""
        self.messages: list[dict[str, Any]] = []

    @property
    def endpoint(self) -> str:
        """The name of the endpoint and of the model package group."""
        return self.stack.named(USECASE)

    @contextmanager
    def inbox(self) -> Iterator[None]:
        """A queue that hears every notification of the application, for as long as the demo runs."""
        sqs, sns = self.stack.client("sqs"), self.stack.client("sns")
        self.queue = sqs.create_queue(QueueName=f"{self.stack.name}-demo-{self.seed}")["QueueUrl"]
        asked = sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["QueueArn"])
        arn, topic = asked["Attributes"]["QueueArn"], self.stack.output("NotificationsTopicArn")
        sqs.set_queue_attributes(QueueUrl=self.queue, Attributes={"Policy": _from_topic(arn, topic)})
        subscription = sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=arn,
            Attributes={"RawMessageDelivery": "true"},
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
        try:
            yield
        finally:
            sns.unsubscribe(SubscriptionArn=subscription)
            sqs.delete_queue(QueueUrl=self.queue)

    def notified(
        self, kind: str, about: Callable[[dict[str, Any]], bool], seconds: float = 30
    ) -> dict[str, Any]:
        """The first notification of a kind that fits."""

        def heard() -> dict[str, Any] | None:
            self._receive()
            matching = (
                message for message in self.messages if message.get("kind") == kind and about(message)
            )
            return next(matching, None)

        return eventually(heard, f"a notification {kind} arrives", seconds)

    def count(self, kind: str) -> int:
        """How many notifications of a kind came so far."""
        self._receive()
        return sum(message.get("kind") == kind for message in self.messages)

    def _receive(self) -> None:
        sqs = self.stack.client("sqs")
        while batch := sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            for message in batch:
                self.messages.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])


def insist(truth: object, claim: str) -> None:
    """Stop at the first thing that is not so."""
    if not truth:
        raise Refused(f"not true: {claim}")


def _from_topic(queue: str, topic: str) -> str:
    """The policy by which a topic may send to a queue; without one, SNS delivers nothing."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def eventually(look: Callable[[], Answer | None], claim: str, seconds: float) -> Answer:
    """The first answer of a look that finds something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = look()
        if answer:
            return answer
        time.sleep(0.1)
    raise Refused(f"not true within {seconds:.0f} s: {claim}")

"""The topic that people subscribe to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.aws.clients import client

if TYPE_CHECKING:
    from dropforge.domain.notifications import Notification


class Topic:
    def __init__(self, arn: str) -> None:
        self._arn = arn

    def publish(self, notification: Notification) -> None:
        attributes = {"kind": notification.kind, "usecase": notification.usecase}
        client("sns").publish(
            TopicArn=self._arn,
            Subject=notification.subject,
            Message=notification.body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
            },
        )

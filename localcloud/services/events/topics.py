"""SNS: what a topic hands to its subscriptions.

MiniStack invokes functions in threads that a kill ends. Here each of these deliveries is asked for and noted
before whoever published is answered.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localcloud.ministack.rebinding import replace

if TYPE_CHECKING:
    from localcloud.services.events.in_flight import InFlight
    from localcloud.services.events.service_permissions import ServicePermissions


@dataclass(frozen=True)
class Message:
    """The arguments of MiniStack's `_fanout`, in its order."""

    topic_arn: str
    msg_id: str
    message: str
    subject: str
    message_structure: str = ""
    message_attributes: dict[str, Any] | None = None
    message_group_id: str = ""
    message_dedup_id: str = ""


class Topics:
    """The topics of one cloud."""

    def __init__(self, permissions: ServicePermissions, in_flight: InFlight) -> None:
        from ministack.services import sns

        self._sns, self._permissions, self._in_flight = sns, permissions, in_flight

    def install(self) -> None:
        replace(self._sns, "_fanout", self.fan_out)

    def fan_out(self, *arguments: Any, **named: Any) -> None:
        """Hand a message to every confirmed subscription whose filter lets it through."""
        message = Message(*arguments, **named)
        topic = self._sns._topic_by_arn_any_scope(message.topic_arn) or {}
        for subscription in topic.get("subscriptions", ()):
            if subscription.get("confirmed"):
                self._hand_over(message, subscription)

    def _hand_over(self, message: Message, subscription: dict[str, Any]) -> None:
        protocol, endpoint = subscription.get("protocol", ""), subscription.get("endpoint", "")
        attributes = message.message_attributes or {}
        text = self._sns._resolve_message_for_protocol(message.message, message.message_structure, protocol)
        if not self._sns._matches_filter_policy(subscription, attributes, text):
            return
        raw = subscription.get("attributes", {}).get("RawMessageDelivery", "false") == "true"
        envelope = self._sns._build_envelope(
            message.topic_arn, message.msg_id, text, message.subject, attributes, raw
        )
        if protocol == "sqs":
            self._sns._deliver_to_sqs(
                endpoint,
                envelope,
                raw,
                text,
                message_group_id=message.message_group_id,
                message_dedup_id=message.message_dedup_id,
                message_attributes=attributes,
                topic_arn=message.topic_arn,
            )
        elif protocol in ("http", "https"):
            sent = self._sns._deliver_to_http(endpoint, envelope)
            threading.Thread(target=asyncio.run, args=(sent,), daemon=True).start()
        elif protocol == "lambda":
            topic, arn = message.topic_arn, subscription["arn"]
            self.invoke(endpoint, envelope, topic, arn, message.msg_id, text, attributes)

    def invoke(self, function: str, envelope: str, topic: str, *more: Any) -> None:
        """Ask whether the function lets the topic invoke it, note the message, and invoke it in a thread, in
        the account and region of the topic."""
        from ministack.core.arn import parse_arn
        from ministack.core.responses import request_scope

        if self._permissions.refused("sns.amazonaws.com", "lambda:InvokeFunction", function, topic):
            return
        owner, arguments = parse_arn(topic), [function, envelope, topic, *more]
        with request_scope(owner.account_id, owner.region):
            self._in_flight.hand_over("sns", [arguments], lambda: self._sns._deliver_to_lambda(*arguments))

    def invoke_again(self, arguments: list[Any]) -> None:
        self.invoke(*arguments)

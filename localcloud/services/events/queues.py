"""Messages that services put into queues: dead letters, and what came of an invocation."""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

from typing import Any

from localcloud.services.events.delivery import refuse


def put(arn: str, body: str, attributes: dict[str, Any]) -> None:
    """Put a message into a queue, or raise Undelivered."""
    from ministack.core.concurrency import esm_wake
    from ministack.services import sqs

    queue = sqs._queue_by_arn(arn)
    if not queue:
        refuse("NO_RESOURCE", f"there is no queue {arn}")
    message = {"QueueUrl": queue["url"], "MessageBody": body, "MessageAttributes": attributes}
    sqs._act_send_message(message, queue["url"])
    esm_wake.set()

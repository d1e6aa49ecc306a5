"""Events come more than once; what they ask for is done once.

The executions' names alone see to that for a start. This table also spares the work before it, and keeps
messages from being sent twice. An error is not remembered, so the next delivery tries again. A delivery
that finds another at work fails: Lambda tries it again after a minute, when the other's answer is there or
its time is up. Were it to answer, an event whose first delivery was cut off would be lost.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer

REMEMBERED = 24 * 3600


def run_once(table: str, key: str, act: Callable[[], dict[str, Any]], context: Any) -> dict[str, Any]:
    """What `act` answers, or answered to an earlier delivery of the same key."""
    from aws_lambda_powertools.utilities.idempotency import IdempotencyConfig, idempotent_function

    config = IdempotencyConfig(expires_after_seconds=REMEMBERED, lambda_context=context)

    def handle(*, key: str) -> dict[str, Any]:  # noqa: ARG001 - what the table tells events apart by
        return act()

    remembering = idempotent_function(
        handle, data_keyword_argument="key", persistence_store=_store(table), config=config
    )
    answer: dict[str, Any] = remembering(key=key)
    return answer


@cache
def _store(table: str) -> DynamoDBPersistenceLayer:
    """Imported and made late: it brings boto3 along."""
    from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer

    return DynamoDBPersistenceLayer(table_name=table)

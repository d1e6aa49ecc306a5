"""The way into a function: what every handler has around it.

One log line an event with its facts as fields, one count, one trace segment. A refusal is an answer; any
other error escapes, so that Lambda tries again and then puts the event into the dead-letter queue. Where one
fact leads to one action, `handler` is all that a function needs.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from aws_lambda_powertools.metrics import MetricUnit

from dropforge.domain.errors import Refused
from dropforge.edge.idempotency import run_once
from dropforge.edge.observability import logger, metrics, tracer
from dropforge.edge.settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import DataclassInstance

    Answer = dict[str, Any]
    Handler = Callable[[dict[str, Any], Any], Answer]


class Fact(Protocol):
    @property
    def identity(self) -> str:
        """What two deliveries of one event have in common, and two events have not."""


FactT = TypeVar("FactT", bound=Fact)


def handler(
    decode: Callable[[object], FactT], action: Callable[[], Callable[[FactT], DataclassInstance]]
) -> Handler:
    """The event is decoded, the action done once for all its deliveries, and its answer encoded.

    `action` is asked for late, so that a malformed event is refused before anything else is looked at.
    """

    @entry
    def handle(event: dict[str, Any], context: Any) -> Answer:
        fact = decode(event)
        act = action()
        return run_once(settings().idempotency_table, fact.identity, lambda: encode(act(fact)), context)

    return handle


def entry(handler: Handler) -> Handler:
    @wraps(handler)
    def handle(event: dict[str, Any], context: Any) -> Answer:
        traced = tracer().capture_lambda_handler(handler, capture_response=False)
        try:
            answer: Answer = traced(event, context)
        except Refused as refused:
            answer = {"status": "refused", "reason": refused.reason}
        except Exception:
            metrics.add_metric(name="Event_failed", unit=MetricUnit.Count, value=1)
            logger.exception("failed")
            raise
        status = str(answer.get("status"))
        metrics.add_metric(name=f"Event_{status}", unit=MetricUnit.Count, value=1)
        logger.info("handled", extra={"answer": answer})
        return answer

    logged = logger.inject_lambda_context(handle, clear_state=True)
    return metrics.log_metrics(logged, capture_cold_start_metric=True)


def encode(answer: DataclassInstance) -> Answer:
    """An action's answer as JSON says it, without the fields that are empty."""
    return {name: value for name, value in asdict(answer).items() if value is not None}

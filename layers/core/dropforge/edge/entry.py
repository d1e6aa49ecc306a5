"""The way into a function: what every handler has around it.

One log line an event with its facts as fields, one count, one trace segment. A refusal is an answer; any
other error escapes, so that Lambda tries again and then puts the event into the dead-letter queue.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import wraps
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.metrics import MetricUnit

from dropforge.domain.errors import Refused
from dropforge.edge.observability import logger, metrics, tracer

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import DataclassInstance

    Answer = dict[str, Any]
    Handler = Callable[[dict[str, Any], Any], Answer]


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

"""The one logger, the one metrics and the one tracer of a function.

The tracer is made on the first event: the X-Ray library patches boto3, and importing both would cost every
cold start what only some need.
"""

from __future__ import annotations

from functools import cache

from aws_lambda_powertools import Logger, Metrics, Tracer

NAMESPACE = "Dropforge"

logger = Logger()
metrics = Metrics(namespace=NAMESPACE)


@cache
def tracer() -> Tracer:
    return Tracer()

"""What a usual handler imports: Powertools and an AWS client."""

import os
import time
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics

logger, metrics = Logger(), Metrics(namespace="bench", service="bench")
s3 = boto3.client("s3")


def handle(event: dict[str, Any], _context: object) -> dict[str, int]:
    time.sleep(event.get("seconds", 0))
    return {"process": os.getpid()}

"""Every retrier of the state machines, by name.

States Language has no way to name a retrier and use it twice, and no field of one takes an expression. So the
machines repeat them, and a test holds each copy to one of these.
"""

from __future__ import annotations

from typing import Any

Retrier = dict[str, Any]
SDK = ["SageMaker.SageMakerException", "SageMaker.ThrottlingException", "SageMaker.SdkClientException"]
LAMBDA = ["ServiceException", "AWSLambdaException", "SdkClientException", "TooManyRequestsException"]


def retrier(errors: list[str], seconds: int, tries: int, longest: int = 0, backoff: int = 2) -> Retrier:
    limit = {"MaxDelaySeconds": longest} if longest else {}
    return {
        "ErrorEquals": errors,
        "IntervalSeconds": seconds,
        "BackoffRate": backoff,
        "MaxAttempts": tries,
        **limit,
        "JitterStrategy": "FULL",
    }


# The optimised integrations of SageMaker name their errors differently from the SDK's.
OPTIMISED = ["SageMaker.AmazonSageMakerException", "SageMaker.SageMakerException"]
LIMITS = ["SageMaker.ResourceLimitExceededException", "SageMaker.ThrottlingException"]

RETRIERS: dict[str, Retrier] = {
    "S3": retrier(["S3.S3Exception", "S3.SdkClientException", "S3.NoSuchKeyException"], 2, 3),
    "a function": retrier([f"Lambda.{name}" for name in LAMBDA], 2, 4),
    "an endpoint that may answer in a moment": retrier(["EndpointUnavailable"], 2, 5, 60),
    "an earlier try that is still at work": retrier(["IdempotencyAlreadyInProgressError"], 60, 40, backoff=1),
    "no machine to be had": retrier(LIMITS, 60, 4, 600),
    "starting a job": retrier(OPTIMISED, 5, 3),
    "making a model or a configuration": retrier([*OPTIMISED, *LIMITS], 5, 3),
    "an endpoint that is being updated": retrier([*LIMITS, *OPTIMISED], 15, 4, 120),
    "SageMaker": retrier(SDK, 5, 5),
    "SageMaker, where the verdict depends on it": retrier(SDK, 5, 8, 60),
    "SageMaker, where a failure is passed over": retrier(SDK, 2, 3),
    "the registry": retrier(["SageMaker.ConflictException", *LIMITS, SDK[0], SDK[2]], 5, 4),
    "making an alarm": retrier(["States.TaskFailed"], 2, 4),
}

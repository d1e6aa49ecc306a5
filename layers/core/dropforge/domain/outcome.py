"""How an execution that did not succeed is told: its kind and one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.domain.names import UNKNOWN
from dropforge.domain.notifications import Notification

if TYPE_CHECKING:
    from dropforge.domain.events import ExecutionEnded

REFUSALS = {
    "DropRefused": "run_refused",
    "GateNotMet": "run_refused",
    "InferenceRefused": "inference_refused",
}
FAULTS = {"training": "run_failed", "deployment": "deployment_failed", "inference": "inference_failed"}
WORDS = {
    "run_refused": "Run {name} was refused",
    "run_failed": "Run {name} failed",
    "deployment_failed": "Deployment {name} failed",
    "inference_refused": "Inference run {name} was refused",
    "inference_failed": "Inference run {name} failed",
}
ENDS = {
    "TIMED_OUT": "it took longer than its state machine allows; mend what it waited for, and redrive it",
    "ABORTED": "someone stopped it; redrive it, or drop the file again",
}


def tell(ended: ExecutionEnded) -> Notification:
    kind = REFUSALS.get(ended.error) or FAULTS.get(ended.machine, "run_failed")
    reason = (
        ended.cause or ENDS.get(ended.status) or ended.error or "no cause was given; its history shows more"
    )
    usecase = ended.input.get("usecase")
    subject = WORDS[kind].format(name=ended.name)
    source = f" ({_source(ended)})" if _source(ended) else ""
    return Notification(
        kind,
        str(usecase) if usecase else _usecase_of(ended.name),
        f"{subject}{source}: {reason}",
        {
            "run": ended.name,
            "execution": ended.execution_arn,
            "status": ended.status,
            "error": ended.error,
            "reason": reason,
        },
    )


def _source(ended: ExecutionEnded) -> str:
    bucket, key = ended.input.get("bucket"), ended.input.get("key")
    return f"s3://{bucket}/{key}" if bucket and key else ""


def _usecase_of(name: str) -> str:
    return name.rsplit("-", 1)[0] or UNKNOWN

"""Every sentence that people receive, one function a kind of notification.

State machines and actions bring facts. What a message is called, what it says and which fields it has for
programs is decided here and nowhere else; docs/operations.md lists the kinds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dropforge.domain.names import UNKNOWN
from dropforge.domain.notifications import Notification
from dropforge.domain.outcome import (
    Deployed,
    FilePredicted,
    Outcome,
    Registered,
    RolledBack,
    Superseded,
    Unsuccessful,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dropforge.domain.events import AlarmChanged, ObjectCreated, PackageChanged
    from dropforge.domain.run import InferenceRun

ENDS = {
    "TIMED_OUT": "it took longer than its state machine allows; mend what it waited for, and redrive it",
    "ABORTED": "someone stopped it; redrive it, or drop the file again",
}
NO_CAUSE = "no cause was given; its history shows more"


def notification_for(outcome: Outcome) -> Notification | None:
    """None where there is nothing that people have to hear."""
    match outcome:
        case Registered():
            return model_registered(outcome)
        case Deployed():
            return deployed(outcome)
        case RolledBack():
            return rolled_back(outcome)
        case Unsuccessful():
            return unsuccessful(outcome)
        case Superseded() | FilePredicted():
            return None


def model_registered(registered: Registered) -> Notification:
    usecase, version = registered.usecase, registered.version
    return Notification(
        "model_registered",
        usecase,
        f"Version {version} of {usecase} passed its gate and waits for approval: approve it with "
        f'"./dropforge approve {usecase} {version}" or in the model registry.',
        {
            "run": registered.run,
            "version": version,
            "model_package_arn": registered.model_package_arn,
            "metrics": registered.metrics,
            "drop": registered.drop,
            "evaluation": registered.evaluation,
        },
        headline=f"{usecase} version {version} waits for approval",
    )


def deployed(done: Deployed) -> Notification:
    return Notification(
        "deployed",
        done.usecase,
        f"Version {done.version} of {done.usecase} is live on endpoint {done.endpoint}.",
        {
            "endpoint": done.endpoint,
            "endpoint_config": done.endpoint_config,
            "replaced": done.replaced,
            "version": done.version,
            "model_package_arn": done.model_package_arn,
        },
        headline=f"{done.usecase} version {done.version} is live",
    )


def rolled_back(done: RolledBack) -> Notification:
    return Notification(
        "rolled_back",
        done.usecase,
        f"Endpoint {done.endpoint} serves {done.endpoint_config} again, after {done.replaced} was taken out: "
        f"{done.reason} Look at its log before you approve that version again.",
        {
            "endpoint": done.endpoint,
            "from": done.replaced,
            "to": done.endpoint_config,
            "reason": done.reason,
        },
        headline=f"{done.usecase} was rolled back",
    )


def unsuccessful(ended: Unsuccessful) -> Notification:
    """The cause word for word: jobs and functions leave a whole sentence in it."""
    reason = ended.cause or ENDS.get(ended.status) or ended.error or NO_CAUSE
    happened = "was refused" if ended.is_refusal else "failed"
    source = f" ({ended.source})" if ended.source else ""
    return Notification(
        f"{ended.machine.kind}_{'refused' if ended.is_refusal else 'failed'}",
        ended.usecase,
        f"{ended.machine.noun} {ended.run} {happened}{source}: {reason}",
        {
            "run": ended.run,
            "execution": ended.execution,
            "status": ended.status,
            "error": ended.error,
            "reason": reason,
        },
    )


def model_rejected(changed: PackageChanged, usecase: str) -> Notification:
    why = f": {changed.comment}" if changed.comment else "; no reason was given"
    return Notification(
        "model_rejected",
        usecase,
        f"Version {changed.version} of {usecase} was rejected{why}",
        {
            "version": changed.version,
            "model_package_arn": changed.package_arn,
            "comment": changed.comment,
        },
    )


def alarm(changed: AlarmChanged, usecase: str | None, why_unanswered: str) -> Notification:
    return Notification(
        "alarm",
        usecase or UNKNOWN,
        f"Alarm {changed.name} went off: {changed.reason} Nothing was changed: {why_unanswered}.",
        {
            "alarm": changed.name,
            "reason": changed.reason,
            "since": changed.changed,
            "endpoint": changed.dimensions.get("EndpointName") or None,
        },
    )


def contract_published(written: ObjectCreated, usecase: str) -> Notification:
    return Notification(
        "contract_published",
        usecase,
        f"The contract of {usecase} is in force: drop data in drops/{usecase}/ to train.",
        {"contract": f"s3://{written.bucket}/{written.key}", "version_id": written.version_id},
    )


def contract_refused(written: ObjectCreated, usecase: str | None, reason: str) -> Notification:
    return Notification(
        "contract_refused",
        usecase or UNKNOWN,
        f"The contract {written.key} was refused, and the last valid one stays in force: {reason}",
        {
            "contract": f"s3://{written.bucket}/{written.key}",
            "version_id": written.version_id,
            "reason": reason,
        },
    )


def low_confidence(
    run: InferenceRun, predictions: str, review: str, rows: int, records: Sequence[dict[str, Any]]
) -> Notification:
    """`predictions` and `review` are the URIs of all predictions and of the doubtful `records`."""
    return Notification(
        "low_confidence",
        run.usecase,
        f"{len(records)} of {rows} predictions for {run.key} are less sure than {run.threshold:g}: "
        f"please look at them in {review}.",
        {
            "input": f"s3://{run.bucket}/{run.key}",
            "predictions": predictions,
            "review": review,
            "model": run.model,
            "threshold": run.threshold,
            "rows": rows,
            "doubtful": len(records),
            "records": list(records),
        },
    )

"""AWS's events → the domain's facts.

A field that is missing or of the wrong type is a BadEvent with its path: such an event is not ours to guess
at, and the dead-letter queue keeps it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from dropforge.domain.errors import BadEvent
from dropforge.domain.events import (
    AlarmChanged,
    ExecutionEnded,
    ObjectCreated,
    PackageChanged,
    json_object,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = TypeVar("Kind", str, int, dict[str, Any], list[Any])
WORDS = {str: "a text", int: "a number", dict: "an object", list: "a list"}


class Envelope:
    """One EventBridge event, checked to come from where the function's rule says."""

    def __init__(self, event: object, source: str, detail_type: str) -> None:
        self._name = detail_type
        if not isinstance(event, dict):
            raise BadEvent(detail_type, "the event", f"is {type(event).__name__}, not an object")
        self._event: Mapping[str, Any] = event
        for field, expected in (("source", source), ("detail-type", detail_type)):
            if self.get(field, str) != expected:
                raise BadEvent(detail_type, field, f"is {self._event[field]!r}, not {expected!r}")

    def get(self, path: str, kind: type[Kind]) -> Kind:
        value: Any = self._event
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value is None:
            raise BadEvent(self._name, path, "is missing", is_missing=True)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise BadEvent(self._name, path, f"is {type(value).__name__}, not {WORDS[kind]}")
        return value

    def find(self, path: str, kind: type[Kind], otherwise: Kind) -> Kind:
        """A field that AWS leaves out where it has nothing to say."""
        try:
            return self.get(path, kind)
        except BadEvent as bad:
            if bad.is_missing:
                return otherwise
            raise


def object_created(event: object) -> ObjectCreated:
    """The key comes as it is: only S3's own notifications, not these, encode it as in an URL."""
    envelope = Envelope(event, "aws.s3", "Object Created")
    return ObjectCreated(
        bucket=envelope.get("detail.bucket.name", str),
        key=envelope.get("detail.object.key", str),
        size=envelope.find("detail.object.size", int, 0),
        etag=envelope.get("detail.object.etag", str),
        version_id=envelope.find("detail.object.version-id", str, ""),
    )


def package_changed(event: object) -> PackageChanged:
    envelope = Envelope(event, "aws.sagemaker", "SageMaker Model Package State Change")
    updated = envelope.find("detail.UpdatedModelPackageFields", list, [])
    return PackageChanged(
        package_arn=envelope.get("detail.ModelPackageArn", str),
        group=envelope.get("detail.ModelPackageGroupName", str),
        version=int(envelope.get("detail.ModelPackageVersion", int)),
        approval=envelope.get("detail.ModelApprovalStatus", str),
        comment=envelope.find("detail.ApprovalDescription", str, ""),
        updated=tuple(str(name) for name in updated),
        modified=str(envelope.get("detail", dict).get("LastModifiedTime") or envelope.get("time", str)),
        properties=envelope.find("detail.CustomerMetadataProperties", dict, {}),
    )


def alarm_changed(event: object) -> AlarmChanged:
    """A composite alarm has a rule in the place of metrics: then namespace and dimensions stay empty."""
    envelope = Envelope(event, "aws.cloudwatch", "CloudWatch Alarm State Change")
    metrics = envelope.find("detail.configuration.metrics", list, [])
    found: Mapping[str, Any] = next(
        (m["metricStat"]["metric"] for m in metrics if isinstance(m, dict) and "metricStat" in m), {}
    )
    return AlarmChanged(
        name=envelope.get("detail.alarmName", str),
        state=envelope.get("detail.state.value", str),
        reason=envelope.find("detail.state.reason", str, "no reason was given").rstrip(". ") + ".",
        changed=envelope.find("detail.state.timestamp", str, ""),
        namespace=str(found.get("namespace", "")),
        dimensions={str(name): str(value) for name, value in found.get("dimensions", {}).items()},
    )


def execution_ended(event: object, stack: str) -> ExecutionEnded:
    """AWS leaves input and output out where the event would grow too large, and says so beside them."""
    envelope = Envelope(event, "aws.states", "Step Functions Execution Status Change")
    machine = envelope.get("detail.stateMachineArn", str).rsplit(":", 1)[-1]
    return ExecutionEnded(
        execution_arn=envelope.get("detail.executionArn", str),
        machine=machine.removeprefix(f"{stack}-"),
        name=envelope.get("detail.name", str),
        status=envelope.get("detail.status", str),
        error=envelope.find("detail.error", str, ""),
        cause=envelope.find("detail.cause", str, ""),
        input=json_object(envelope.find("detail.input", str, "")),
        output=json_object(envelope.find("detail.output", str, "")),
        stopped=str(envelope.get("detail", dict).get("stopDate") or ""),
        is_cut=any(
            envelope.find(f"detail.{name}", dict, {}).get("included") is False
            for name in ("inputDetails", "outputDetails")
        ),
    )

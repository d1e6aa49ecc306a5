"""A version was approved or rejected: deploy it, or notify people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.actions.contracts import contract_in_force
from dropforge.actions.results import Ignored, Notified, Started
from dropforge.domain import messages
from dropforge.domain.names import deployment_name, usecase_of

if TYPE_CHECKING:
    from dropforge.domain.events import PackageChanged
    from dropforge.ports import Executions, Notifications, Objects


def start_deployment(
    changed: PackageChanged,
    *,
    objects: Objects,
    executions: Executions,
    notifications: Notifications,
    stack: str,
) -> Started | Notified | Ignored:
    if not changed.approval_changed:
        return Ignored("the approval status is not what changed")
    usecase = usecase_of(stack, changed.group)
    if usecase is None or contract_in_force(objects, usecase) is None:
        return Ignored(
            f"model package group {changed.group} belongs to no use case with a contract in this stack"
        )
    if changed.approval == "Rejected":
        notification = messages.model_rejected(changed, usecase)
        notifications.publish(notification)
        return Notified.of(notification)
    if changed.approval != "Approved":
        return Ignored(f"version {changed.version} of {usecase} is {changed.approval}")
    return _deploy(changed, usecase, executions, stack)


def _deploy(changed: PackageChanged, usecase: str, executions: Executions, stack: str) -> Started:
    name = deployment_name(usecase, changed.version, changed.package_arn, changed.modified)
    request = {
        "usecase": usecase,
        "model_package_arn": changed.package_arn,
        "version": changed.version,
        "stack": stack,
    }
    executions.start(name, request)
    return Started(name, usecase)

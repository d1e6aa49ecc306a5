"""A version was judged: deploy it if it was approved, tell people if it was rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.actions.contracts import contract_in_force
from dropforge.actions.results import Ignored, Started, Told
from dropforge.domain.names import deployment_name, usecase_of
from dropforge.domain.notifications import Notification

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
) -> Started | Told | Ignored:
    if not changed.judged:
        return Ignored("the approval status is not what changed")
    usecase = usecase_of(stack, changed.group)
    if usecase is None or contract_in_force(objects, usecase) is None:
        return Ignored(
            f"model package group {changed.group} belongs to no use case with a contract in this stack"
        )
    if changed.approval == "Rejected":
        return _reject(changed, usecase, notifications)
    if changed.approval != "Approved":
        return Ignored(f"version {changed.version} of {usecase} is {changed.approval}")
    name = deployment_name(usecase, changed.version, changed.package_arn, changed.modified)
    order = {
        "usecase": usecase,
        "model_package_arn": changed.package_arn,
        "version": changed.version,
        "stack": stack,
    }
    executions.start(name, order)
    return Started(name, usecase)


def _reject(changed: PackageChanged, usecase: str, notifications: Notifications) -> Told:
    why = f": {changed.comment}" if changed.comment else "; no reason was given"
    message = f"Version {changed.version} of {usecase} was rejected{why}"
    notifications.tell(
        Notification(
            "model_rejected",
            usecase,
            message,
            {
                "version": changed.version,
                "model_package_arn": changed.package_arn,
                "comment": changed.comment,
            },
        )
    )
    return Told("model_rejected", usecase, message)

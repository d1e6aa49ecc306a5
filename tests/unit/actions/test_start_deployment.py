"""Only the news that a version was approved deploys it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dropforge.actions.results import Ignored, Notified, Started
from dropforge.actions.start_deployment import start_deployment
from dropforge.domain.events import PackageChanged
from tests.unit.actions.fakes import STACK, FakeExecutions, FakeNotifications, FakeObjects, loan_contract

ARN = "arn:aws:sagemaker:us-east-1:000000000000:model-package/dropforge-loan/3"
APPROVED = PackageChanged(
    package_arn=ARN,
    group="dropforge-loan",
    version=3,
    approval="Approved",
    comment="",
    updated=("ModelApprovalStatus",),
    modified="2026-11-20T10:00:00Z",
)


class Registry:
    def __init__(self, published: bool = True) -> None:
        self.objects = FakeObjects().in_force(loan_contract()) if published else FakeObjects()
        self.executions, self.notifications = FakeExecutions(), FakeNotifications()

    def change(self, changed: PackageChanged) -> Started | Notified | Ignored:
        return start_deployment(
            changed,
            objects=self.objects,
            executions=self.executions,
            notifications=self.notifications,
            stack=STACK,
        )


def test_an_approval_starts_one_deployment_however_often_it_is_delivered() -> None:
    registry = Registry()

    for _ in range(5):
        registry.change(APPROVED)

    (order,) = registry.executions.started.values()
    assert order == {"usecase": "loan", "model_package_arn": ARN, "version": 3, "stack": STACK}


def test_approving_again_later_deploys_again() -> None:
    registry = Registry()

    registry.change(APPROVED)
    registry.change(replace(APPROVED, modified="2026-11-21T10:00:00Z"))

    assert len(registry.executions.started) == 2


@pytest.mark.parametrize(
    "updated", [(), ("CustomerMetadataProperties",), ("ModelLifeCycle", "ApprovalDescription")]
)
def test_an_approved_version_that_changed_otherwise_is_not_deployed_again(updated: tuple[str, ...]) -> None:
    registry = Registry()

    assert isinstance(registry.change(replace(APPROVED, updated=updated)), Ignored)
    assert registry.executions.started == {}


def test_a_rejection_is_told_with_its_reason_and_not_deployed() -> None:
    registry = Registry()

    registry.change(replace(APPROVED, approval="Rejected", comment="not fair to the young"))

    (notification,) = registry.notifications.sent
    assert (notification.kind, notification.usecase) == ("model_rejected", "loan")
    assert "not fair to the young" in notification.message
    assert registry.executions.started == {}


@pytest.mark.parametrize("group", ["dropforge-fraud", "other-loan", "dropforge-"])
def test_a_group_of_another_stack_or_without_contract_is_left_alone(group: str) -> None:
    registry = Registry()

    assert isinstance(registry.change(replace(APPROVED, group=group)), Ignored)


def test_the_execution_name_and_the_names_made_from_it_fit_what_sagemaker_allows() -> None:
    from dropforge.domain.names import LONGEST_STACK_AND_USECASE, deployment_name, too_long

    usecase = "u" * 31
    stack = "s" * (LONGEST_STACK_AND_USECASE - len(usecase))
    config = f"{stack}-{deployment_name(usecase, 99999, ARN, 'now')}-r3-d1"

    assert too_long(stack, usecase) is None
    assert len(config) == 63
    assert too_long(stack + "s", usecase) is not None

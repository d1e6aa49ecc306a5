"""An alarm takes out the configuration it watches, if that serves, replaced another and was not put back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from dropforge.actions.answer_alarm import answer_alarm
from dropforge.actions.results import Ignored, Notified, Started
from dropforge.domain.events import AlarmChanged
from dropforge.ports import Endpoint
from tests.unit.actions.fakes import STACK, FakeEndpoints, FakeExecutions, FakeNotifications

NEW, OLD = "dropforge-loan-v2-0123456789ab", "dropforge-loan-v1-0123456789ab"
ALARM = AlarmChanged(
    name="dropforge-loan-5xx",
    state="ALARM",
    reason="Threshold Crossed: 3.0 >= 1.0.",
    changed="2026-11-20T10:00:00Z",
    namespace="AWS/SageMaker",
    dimensions={"EndpointName": "dropforge-loan", "VariantName": "AllTraffic", "EndpointConfigName": NEW},
)


class Watch:
    def __init__(self, serving: str = NEW, tags: Mapping[str, str] | None = None) -> None:
        given = {"dropforge:replaces": OLD} if tags is None else tags
        self.endpoints = FakeEndpoints(
            Endpoint("dropforge-loan", "InService", serving), tags={serving: given}
        )
        self.executions, self.notifications = FakeExecutions(), FakeNotifications()

    def answer(self, alarm: AlarmChanged) -> Started | Notified | Ignored:
        return answer_alarm(
            alarm,
            endpoints=self.endpoints,
            executions=self.executions,
            notifications=self.notifications,
            stack=STACK,
        )


def test_the_previous_champion_is_put_back_once_however_often_the_alarm_is_told() -> None:
    watch = Watch()

    for _ in range(5):
        watch.answer(ALARM)

    (order,) = watch.executions.started.values()
    assert (order["rollback_to"], order["rollback_from"]) == (OLD, NEW)
    assert "dropforge-loan-5xx" in str(order["reason"])


UNANSWERABLE: dict[str, tuple[Watch, str]] = {
    "another configuration serves": (Watch(serving=OLD), "what serves is"),
    "it replaced none": (Watch(tags={}), "replaced none"),
    "it was itself put back": (
        Watch(tags={"dropforge:replaces": OLD, "dropforge:restored-from": NEW}),
        "put back",
    ),
}


@pytest.mark.parametrize("case", UNANSWERABLE)
def test_where_nothing_can_be_put_back_people_are_told_why(case: str) -> None:
    watch, why = UNANSWERABLE[case]

    assert isinstance(watch.answer(ALARM), Notified)

    (notification,) = watch.notifications.sent
    assert notification.kind == "alarm"
    assert why in notification.message
    assert watch.executions.started == {}


def test_an_alarm_of_an_endpoint_that_is_gone_is_told() -> None:
    watch = Watch()
    watch.endpoints = FakeEndpoints()

    assert isinstance(watch.answer(ALARM), Notified)


def test_an_alarm_that_is_well_again_needs_no_answer() -> None:
    assert isinstance(Watch().answer(replace(ALARM, state="OK")), Ignored)


def test_the_queues_alarms_tell_the_topic_themselves() -> None:
    queue = replace(
        ALARM, name="dropforge-unhandled-events", namespace="AWS/SQS", dimensions={"QueueName": "q"}
    )

    assert isinstance(Watch().answer(queue), Ignored)

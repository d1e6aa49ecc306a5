"""What follows from an execution's end is done once, each reaction for itself, from all that the end says."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from dropforge.actions.notify_people import notify_people
from dropforge.actions.report_outcome import report_outcome
from dropforge.actions.results import Ignored, Reported
from dropforge.domain.errors import BadEvent
from dropforge.domain.events import ExecutionEnded
from dropforge.domain.outcome import Outcome
from dropforge.ports import Documents
from tests.unit.actions.ends import ARN, DROP, REGISTERED, failed, succeeded
from tests.unit.actions.fakes import FakeNotifications

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from dropforge.actions.report_outcome import Reaction


class Memory:
    """What was done, as the table of handled events keeps it."""

    def __init__(self) -> None:
        self._answers: dict[str, Mapping[str, Any]] = {}

    def __call__(self, key: str, act: Callable[[], DataclassInstance]) -> Mapping[str, Any]:
        if key not in self._answers:
            self._answers[key] = asdict(act())
        return self._answers[key]


class FakeEndedExecutions:
    def __init__(self, **documents: Mapping[str, Any]) -> None:
        self._documents = documents
        self.asked: list[str] = []

    def documents(self, execution_arn: str) -> Documents:
        self.asked.append(execution_arn)
        return Documents(self._documents["input"], self._documents["output"])


class Office:
    """Where ends are reported."""

    def __init__(self, executions: FakeEndedExecutions | None = None) -> None:
        self.notifications, self.memory = FakeNotifications(), Memory()
        self.executions = executions or FakeEndedExecutions()
        self.reactions: dict[str, Reaction] = {
            "notify_people": partial(notify_people, notifications=self.notifications)
        }

    def report(self, ended: ExecutionEnded) -> Reported:
        return report_outcome(ended, self.memory, executions=self.executions, reactions=self.reactions)

    def message(self) -> dict[str, Any]:
        (notification,) = self.notifications.sent
        return dict(json.loads(notification.body))


def test_what_the_event_had_no_room_for_is_read_from_the_execution() -> None:
    office = Office(FakeEndedExecutions(input=DROP, output=REGISTERED))

    office.report(replace(succeeded("training", {}, {}), is_cut=True))

    assert office.executions.asked == [ARN]
    assert office.message()["version"] == 3


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        (succeeded("monitoring", {}, {}), "names 'monitoring'"),
        (succeeded("training", DROP, {"status": "painted"}), "'painted'"),
        (succeeded("training", DROP, {"status": "registered"}), r"output\.version is missing"),
    ],
)
def test_an_end_that_no_machine_of_ours_has_is_refused_for_the_dead_letter_queue(
    ended: ExecutionEnded, words: str
) -> None:
    with pytest.raises(BadEvent, match=words):
        Office().report(ended)


def test_a_second_delivery_tells_nothing_again_and_the_end_of_a_redriven_execution_is_news() -> None:
    office, ended = Office(), failed("training", "RunFailed", "x", usecase="loan")

    for _ in range(2):
        office.report(ended)
    office.report(replace(ended, stopped="later"))

    assert len(office.notifications.sent) == 2


def test_a_reaction_that_failed_is_tried_again_and_those_before_it_are_not_repeated() -> None:
    office, ended = Office(), succeeded("training", DROP, REGISTERED)
    tried: list[Outcome] = []

    def track(outcome: Outcome) -> Ignored:
        tried.append(outcome)
        if len(tried) == 1:
            raise TimeoutError
        return Ignored("tracked")

    office.reactions["track"] = track
    with pytest.raises(TimeoutError):
        office.report(ended)
    answer = office.report(ended)

    assert len(office.notifications.sent) == 1
    assert len(tried) == 2
    assert list(answer.reactions) == ["notify_people", "track"]

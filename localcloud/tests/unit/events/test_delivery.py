"""Deliveries of events that are given up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from localcloud.clock import Clock
from localcloud.durability.database import Database
from localcloud.durability.unit import Keeper
from localcloud.services.events.delivery import Deliveries, Delivery, Kind, Undelivered
from localcloud.services.events.in_flight import InFlight
from localcloud.services.events.service_permissions import ServicePermissions
from localcloud.tests.patience import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    GiveUp = Callable[[Kind, dict[str, int]], dict[str, str]]


@pytest.fixture
def given_up(tmp_path: Path) -> Iterator[GiveUp]:
    """The dead letter's attributes of an event that cannot be delivered to a target of this kind."""
    keeper = Keeper(Database(tmp_path / "state.db"), lambda _: None)
    keeper.start()
    letters: list[dict[str, Any]] = []

    def put(_queue: str, _body: str, attributes: dict[str, Any]) -> None:
        letters.append(attributes)

    deliveries = Deliveries(ServicePermissions(None), InFlight(keeper), Clock(0.001), put)

    def give_up(kind: Kind, policy: dict[str, int]) -> dict[str, str]:
        target = {"Arn": "arn:target", "RetryPolicy": policy, "DeadLetterConfig": {"Arn": "arn:queue"}}
        deliveries.deliver(Delivery(target, {"Arn": "arn:rule"}, {}, "{}"), kind)
        eventually(lambda: letters and not keeper.database.pending())
        return {name: value["StringValue"] for name, value in letters[0].items()}

    yield give_up
    keeper.stop()


def failing(code: str, *, again: bool = False) -> Callable[[Delivery], None]:
    def attempt(_: Delivery) -> None:
        raise Undelivered(code, "no", again=again)

    return attempt


def test_an_event_too_old_is_given_up(given_up: GiveUp) -> None:
    """MaximumEventAgeInSeconds ends the tries before their number does."""
    letter = given_up(Kind(failing("THROTTLING", again=True)), {"MaximumEventAgeInSeconds": 5})
    assert letter["EXHAUSTED_RETRY_CONDITION"] == "MaximumEventAgeInSeconds"
    assert int(letter["RETRY_ATTEMPTS"]) < 10


@pytest.mark.parametrize("takes_long", [False, True])
def test_an_event_that_no_try_can_deliver_is_not_tried_again(given_up: GiveUp, takes_long: bool) -> None:
    """The dead letter has nothing about retries then."""
    letter = given_up(Kind(failing("NO_RESOURCE"), takes_long=takes_long), {})
    assert (letter["RULE_ARN"], letter["TARGET_ARN"]) == ("arn:rule", "arn:target")
    assert letter["ERROR_CODE"] == "NO_RESOURCE"
    assert "EXHAUSTED_RETRY_CONDITION" not in letter


def test_an_event_whose_target_may_not_be_reached_is_not_even_tried(given_up: GiveUp) -> None:
    """Permission is asked first."""
    tried: list[Delivery] = []
    letter = given_up(Kind(tried.append, refused=lambda _: "the queue's policy says no"), {})
    assert (letter["ERROR_CODE"], letter["ERROR_MESSAGE"]) == ("NO_PERMISSIONS", "the queue's policy says no")
    assert not tried

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

    GiveUp = Callable[[dict[str, int], Undelivered], dict[str, str]]


@pytest.fixture
def given_up(tmp_path: Path) -> Iterator[GiveUp]:
    """The dead letter's attributes of an event whose every try fails."""
    database = Database(tmp_path / "state.db")
    keeper = Keeper(database, lambda _: None)
    keeper.start()
    in_flight = InFlight(keeper)

    def give_up(policy: dict[str, int], failure: Undelivered) -> dict[str, str]:
        letters: list[dict[str, Any]] = []
        target = {"Arn": "arn:target", "RetryPolicy": policy, "DeadLetterConfig": {"Arn": "arn:queue"}}

        def attempt(_: Delivery) -> None:
            raise failure

        def put(_queue: str, _body: str, attributes: dict[str, Any]) -> None:
            letters.append(attributes)

        deliveries = Deliveries(ServicePermissions(None), in_flight, Clock(0.001), put)
        deliveries.deliver(Delivery(target, {"Arn": "arn:rule"}, {}, "{}"), Kind(attempt))
        eventually(lambda: letters and not database.pending())
        return {name: value["StringValue"] for name, value in letters[0].items()}

    yield give_up
    keeper.stop()


def test_an_event_too_old_is_given_up(given_up: GiveUp) -> None:
    """MaximumEventAgeInSeconds ends the tries before their number does."""
    letter = given_up({"MaximumEventAgeInSeconds": 5}, Undelivered("THROTTLING", "busy", again=True))
    assert letter["EXHAUSTED_RETRY_CONDITION"] == "MaximumEventAgeInSeconds"
    assert int(letter["RETRY_ATTEMPTS"]) < 10


def test_an_event_that_no_try_can_deliver_is_not_tried_again(given_up: GiveUp) -> None:
    """The dead letter has nothing about retries then."""
    letter = given_up({}, Undelivered("NO_RESOURCE", "gone"))
    assert letter["ERROR_CODE"] == "NO_RESOURCE"
    assert "EXHAUSTED_RETRY_CONDITION" not in letter

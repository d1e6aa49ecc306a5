"""The time scale, deliveries that are given up, and what is watched for changes."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest

from localcloud import clock
from localcloud.deploy.watch import Watch
from localcloud.errors import CloudError
from localcloud.services.events.delivery import Delivery, Undelivered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def real_time() -> Iterator[None]:
    yield
    clock.set_scale(1.0)


def test_the_scale_shortens_waiting() -> None:
    """A minute at 0.1 is six seconds; without a scale it is a minute."""
    assert clock.scaled(60) == 60
    clock.set_scale(0.1)
    assert clock.scaled(60) == pytest.approx(6)


@pytest.mark.parametrize("factor", [0.0, -1.0, 10.0])
def test_a_senseless_scale_is_refused(factor: float) -> None:
    """Time neither stands still nor goes slower."""
    with pytest.raises(CloudError, match="time scale"):
        clock.set_scale(factor)


def given_up(policy: dict[str, int], failure: Undelivered) -> dict[str, str]:
    """The dead letter's attributes of an event whose every try fails."""
    clock.set_scale(0.001)
    letters: list[dict[str, Any]] = []
    target = {"Arn": "arn:target", "RetryPolicy": policy, "DeadLetterConfig": {"Arn": "arn:queue"}}

    def attempt() -> None:
        raise failure

    Delivery(target, "arn:rule", "{}", lambda _queue, _body, told: letters.append(told)).run(attempt)
    deadline = time.monotonic() + 5
    while not letters and time.monotonic() < deadline:
        time.sleep(0.005)
    return {name: value["StringValue"] for name, value in letters[0].items()}


def test_an_event_too_old_is_given_up() -> None:
    """MaximumEventAgeInSeconds ends the tries before their number does."""
    told = given_up({"MaximumEventAgeInSeconds": 5}, Undelivered("THROTTLING", "busy", again=True))
    assert told["EXHAUSTED_RETRY_CONDITION"] == "MaximumEventAgeInSeconds"
    assert int(told["RETRY_ATTEMPTS"]) < 10


def test_an_event_that_no_try_can_deliver_is_not_tried_again() -> None:
    """The dead letter says nothing of retries then."""
    told = given_up({}, Undelivered("NO_RESOURCE", "gone"))
    assert told["ERROR_CODE"] == "NO_RESOURCE"
    assert "EXHAUSTED_RETRY_CONDITION" not in told


def test_a_change_of_code_is_seen_once(tmp_path: Path) -> None:
    """The template and the folders that it names are looked at; what else lies beside them is not."""
    (tmp_path / "code").mkdir()
    handler = tmp_path / "code" / "handler.py"
    handler.write_text("1")
    (tmp_path / "template.yaml").write_text(
        "Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: code/}}}"
    )
    watch = Watch(tmp_path / "template.yaml")
    (tmp_path / "beside.txt").write_text("x")
    assert not watch.changed()
    handler.write_text("22")
    os.utime(handler, (1, 1))
    assert watch.changed()
    assert not watch.changed()

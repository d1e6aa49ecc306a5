"""An event that has not its documented shape is refused with the path of what is wrong."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from dropforge.domain.errors import BadEvent
from dropforge.edge.events import alarm_changed, execution_ended, object_created, package_changed
from dropforge.edge.tasks import count, inference_run

EVENTS = Path(__file__).resolve().parents[3] / "events"


def sample(name: str) -> dict[str, Any]:
    return dict(json.loads((EVENTS / f"{name}.json").read_text()))


def without(event: dict[str, Any], path: str) -> dict[str, Any]:
    changed = copy.deepcopy(event)
    *parents, last = path.split(".")
    parent = changed
    for name in parents:
        parent = parent[name]
    del parent[last]
    return changed


@pytest.mark.parametrize(
    "path", ["detail.bucket.name", "detail.object.key", "detail.object.etag", "source", "detail"]
)
def test_a_missing_field_is_named_by_its_path(path: str) -> None:
    with pytest.raises(BadEvent, match=path.split(".", maxsplit=1)[0]):
        object_created(without(sample("start_training"), path))


@pytest.mark.parametrize("event", [None, [], "text", {}, {"source": "aws.s3"}, {"source": 3}])
def test_what_is_not_an_event_at_all_is_refused(event: object) -> None:
    with pytest.raises(BadEvent):
        object_created(event)


def test_an_event_of_another_kind_is_refused() -> None:
    with pytest.raises(BadEvent, match=r"aws\.states"):
        object_created(sample("report_outcome"))


def test_a_field_of_the_wrong_type_is_refused() -> None:
    event = sample("start_training")
    event["detail"]["object"]["size"] = "many"

    with pytest.raises(BadEvent, match=r"detail\.object\.size is str"):
        object_created(event)


def test_an_unversioned_object_is_known_by_its_etag() -> None:
    decoded = object_created(without(sample("start_training"), "detail.object.version-id"))

    assert decoded.version == decoded.etag


def test_two_versions_of_a_key_have_two_identities_and_two_deliveries_one() -> None:
    event, again = sample("start_training"), sample("start_training")
    again["id"] = "another-delivery"
    other = copy.deepcopy(event)
    other["detail"]["object"]["version-id"] = "other"

    assert object_created(event).identity == object_created(again).identity
    assert object_created(event).identity != object_created(other).identity


def test_a_package_that_was_only_made_has_no_new_approval() -> None:
    assert not package_changed(
        without(sample("start_deployment"), "detail.UpdatedModelPackageFields")
    ).approval_changed
    assert package_changed(sample("start_deployment")).approval_changed


def test_a_composite_alarm_has_no_dimensions() -> None:
    event = sample("answer_alarm")
    event["detail"]["configuration"] = {"alarmRule": "ALARM(a) OR ALARM(b)"}

    assert alarm_changed(event).dimensions == {}


@pytest.mark.parametrize("text", ["not json", "[1]", '"text"', None])
def test_an_execution_may_have_had_any_input(text: str | None) -> None:
    event = sample("report_outcome")
    event["detail"]["input"] = text

    assert execution_ended(event, "dropforge").input == {}


@pytest.mark.parametrize("name", ["input", "output"])
def test_an_event_that_left_something_out_is_known_by_what_aws_says_beside_it(name: str) -> None:
    event = sample("report_outcome")
    assert not execution_ended(event, "dropforge").is_cut

    event["detail"] |= {name: None, f"{name}Details": {"included": False}}

    assert execution_ended(event, "dropforge").is_cut


def test_the_machine_is_named_without_its_stack() -> None:
    assert execution_ended(sample("report_outcome"), "dropforge").machine == "training"


def test_a_task_without_its_job_is_refused() -> None:
    with pytest.raises(BadEvent):
        inference_run(None)
    with pytest.raises(BadEvent, match=r"job\.threshold"):
        inference_run(without(sample("prepare_batch"), "threshold"))


@pytest.mark.parametrize("value", [None, -1, "1", True, 1.5])
def test_a_count_is_a_count(value: object) -> None:
    with pytest.raises(BadEvent):
        count({"batch": value}, "batch")

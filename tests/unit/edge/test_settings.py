"""A function that was deployed wrongly says what is wrong, all of it, before its first event."""

from __future__ import annotations

import pytest

from dropforge.domain.errors import BadSettings
from dropforge.edge.settings import Settings, TrainingSettings, load

GOOD = {
    "STACK": "dropforge",
    "DATA_BUCKET": "dropforge-data-000000000000-us-east-1",
    "TOPIC_ARN": "arn:aws:sns:us-east-1:000000000000:dropforge-notifications",
    "IDEMPOTENCY_TABLE": "dropforge-handled-events",
    "TRAINING_STATE_MACHINE_ARN": "arn:aws:states:us-east-1:000000000000:stateMachine:dropforge-training",
}


def test_settings_are_read_by_the_names_of_their_fields() -> None:
    assert load(TrainingSettings, GOOD).data_bucket == GOOD["DATA_BUCKET"]


def test_what_a_function_does_not_need_it_does_not_ask_for() -> None:
    load(Settings, {name: value for name, value in GOOD.items() if name != "TRAINING_STATE_MACHINE_ARN"})


@pytest.mark.parametrize("name", GOOD)
def test_a_setting_that_is_missing_is_named(name: str) -> None:
    with pytest.raises(BadSettings, match=name):
        load(TrainingSettings, {**GOOD, name: ""})


def test_every_wrong_setting_is_told_at_once() -> None:
    with pytest.raises(BadSettings) as bad:
        load(TrainingSettings, {**GOOD, "TOPIC_ARN": "topic", "DATA_BUCKET": "B", "STACK": "9"})

    assert len(bad.value.problems) == 3

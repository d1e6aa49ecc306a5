"""A valid contract comes into force; an invalid one is told with its faults and changes nothing."""

from __future__ import annotations

import pytest

from dropforge.actions.publish_contract import publish_contract
from dropforge.actions.results import Ignored, Notified, Published
from dropforge.domain.contract import contract_from_json, contract_to_json
from dropforge.edge.contract_yaml import load_contract
from tests.unit.actions.fakes import (
    STACK,
    FakeNotifications,
    FakeObjects,
    FakeRegistry,
    created,
    loan_contract,
)

KEY = "contracts/loan/contract.yaml"
PUBLISHED = "contracts/loan/published.json"
YAML = b"""
usecase: loan
problem: binary
target: Personal Loan
columns: {Age: integer, Income: number, Personal Loan: {type: category, values: [0, 1]}}
"""


class Publication:
    def __init__(self, body: bytes, key: str = KEY, stack: str = STACK) -> None:
        self.objects = FakeObjects(**{key: body})
        self.registry, self.notifications = FakeRegistry(), FakeNotifications()
        self.key, self.stack = key, stack

    def publish(self, version_id: str = "v1") -> Published | Ignored | Notified:
        return publish_contract(
            created(self.key, version_id=version_id),
            objects=self.objects,
            registry=self.registry,
            notifications=self.notifications,
            read_contract=load_contract,
            stack=self.stack,
        )


def test_a_valid_contract_is_published_normalised_with_its_model_group_and_told() -> None:
    publication = Publication(YAML)

    assert isinstance(publication.publish(), Published)

    assert contract_from_json(publication.objects.files[PUBLISHED]).confidence == 0.5
    assert publication.registry.groups["dropforge-loan"]["dropforge:usecase"] == "loan"
    assert [notification.kind for notification in publication.notifications.sent] == ["contract_published"]


FAULTS = {
    "not YAML": (b"usecase: [", ["line"]),
    "empty": (b"", ["empty"]),
    "too large": (b"#" * (256 * 1024 + 1), ["262145", "262144"]),
    "an unknown key": (YAML + b"colour: red\n", ["line 6", "colour"]),
    "another use case": (YAML.replace(b"usecase: loan", b"usecase: fraud"), ["'fraud'", "'loan'"]),
    "not UTF-8": (b"\xff\xfe\x00", ["UTF-8"]),
}


@pytest.mark.parametrize("case", FAULTS)
def test_an_invalid_contract_is_told_with_its_fault_and_the_last_one_stays(case: str) -> None:
    body, parts = FAULTS[case]
    publication = Publication(body)
    publication.objects.in_force(loan_contract())
    before = publication.objects.files[PUBLISHED]

    answer = publication.publish()

    assert isinstance(answer, Notified)
    (notification,) = publication.notifications.sent
    assert notification.kind == "contract_refused"
    for part in parts:
        assert part in notification.message
    assert publication.objects.files[PUBLISHED] == before


@pytest.mark.parametrize(
    "key", ["contracts/a/b/contract.yaml", "contracts/Loan/contract.yaml", "contracts/x y/contract.yaml"]
)
def test_a_contract_in_no_use_cases_place_is_refused_with_the_place_it_belongs(key: str) -> None:
    publication = Publication(YAML, key)

    publication.publish()

    assert "contracts/<usecase>/contract.yaml" in publication.notifications.sent[0].message


def test_a_use_case_whose_names_sagemaker_would_refuse_is_refused_with_the_figures() -> None:
    publication = Publication(YAML, stack="a" * 40)

    publication.publish()

    assert "63" in publication.notifications.sent[0].message
    assert PUBLISHED not in publication.objects.files


def test_an_event_of_an_older_version_does_nothing() -> None:
    publication = Publication(YAML)
    publication.objects.version_id = "v2"

    assert isinstance(publication.publish("v1"), Ignored)
    assert publication.notifications.sent == []


def test_a_contract_that_was_deleted_meanwhile_does_nothing() -> None:
    publication = Publication(YAML)
    publication.objects.files.clear()

    assert isinstance(publication.publish(), Ignored)


def test_the_published_form_reads_back_as_the_same_contract() -> None:
    publication = Publication(YAML)
    publication.publish()

    again = contract_from_json(publication.objects.files[PUBLISHED])

    assert contract_to_json(again).encode() == publication.objects.files[PUBLISHED]

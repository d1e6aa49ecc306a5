"""Finding what a new model is compared with."""

from __future__ import annotations

from dropforge.actions.find_champion import find_champion
from dropforge.actions.results import Champion, NoChampion
from dropforge.ports import Endpoint, LiveModel
from tests.unit.actions.fakes import BUCKET, STACK, FakeEndpoints, FakeObjects

PACKAGE = "arn:aws:sagemaker:us-east-1:000000000000:model-package/dropforge-loan/3"
KEY = "runs/loan/loan-1/model/loan-1-train/output/model.tar.gz"
LIVE = LiveModel(PACKAGE, 3, f"s3://{BUCKET}/{KEY}", "loan-1")
ENDPOINT = Endpoint("dropforge-loan", "InService", "c")


def _find(endpoints: FakeEndpoints, *keys: str) -> Champion | NoChampion:
    objects = FakeObjects(**dict.fromkeys(keys, b"model"))
    return find_champion("loan", endpoints=endpoints, objects=objects, stack=STACK)


def test_the_served_version_is_the_champion() -> None:
    found = _find(FakeEndpoints(ENDPOINT, live=LIVE), KEY)

    assert found == Champion("loan", PACKAGE, 3, LIVE.model_data, "loan-1")


def test_without_an_endpoint_there_is_none_and_no_fault() -> None:
    assert _find(FakeEndpoints()) == NoChampion("loan", "no version of loan is live yet")


def test_an_endpoint_that_serves_nothing_of_the_registry_has_none() -> None:
    found = _find(FakeEndpoints(ENDPOINT))

    assert isinstance(found, NoChampion)
    assert "dropforge-loan (InService)" in found.reason


def test_a_champion_whose_files_are_gone_is_none_so_that_the_job_need_not_fail() -> None:
    found = _find(FakeEndpoints(ENDPOINT, live=LIVE))

    assert isinstance(found, NoChampion)
    assert "files of version 3 are gone" in found.reason

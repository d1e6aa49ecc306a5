"""Versions and what each is to the endpoint, against moto's registry."""

import json
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from cli.approving import decide
from cli.commands import approve, models, reject
from cli.errors import UserError
from cli.main import main
from cli.registry import Served, find_version, list_models, stage_of
from tests.unit.cli.conftest import FakePlace, client_error

GROUP = "dropforge-loan"


@pytest.fixture
def registry() -> Iterator[FakePlace]:
    with mock_aws():
        sagemaker = boto3.client("sagemaker", region_name="us-east-1")
        sagemaker.create_model_package_group(ModelPackageGroupName=GROUP)
        for run in ("loan-1", "loan-2"):
            sagemaker.create_model_package(
                ModelPackageGroupName=GROUP,
                ModelApprovalStatus="PendingManualApproval",
                CustomerMetadataProperties={"run": run},
            )
        yield FakePlace("dropforge", _clients={"sagemaker": NoEndpoint(sagemaker)})


class NoEndpoint:
    """The registry, and an endpoint that does not exist as SageMaker says it."""

    def __init__(self, real: object) -> None:
        self.real = real

    def __getattr__(self, name: str) -> object:
        return getattr(self.real, name)

    def describe_endpoint(self, EndpointName: str) -> None:  # noqa: N803 - AWS's name
        raise client_error("ValidationException", f'Could not find endpoint "{EndpointName}".')


def test_versions_come_newest_first_with_their_run(registry: FakePlace) -> None:
    models = list_models(registry, "loan")
    assert [(model.version, model.stage, model.run) for model in models] == [
        (2, "candidate", "loan-2"),
        (1, "candidate", "loan-1"),
    ]


@pytest.mark.parametrize(("named", "version"), [("1", 1), ("v1", 1), ("latest", 2)])
def test_a_version_is_found_by_each_of_its_names(registry: FakePlace, named: str, version: int) -> None:
    assert find_version(registry, "loan", named).version == version


def test_a_version_that_is_not_there_is_told_with_those_that_are(registry: FakePlace) -> None:
    with pytest.raises(UserError, match="there are 2, 1"):
        find_version(registry, "loan", "9")


def test_a_decision_is_written_with_its_comment(registry: FakePlace) -> None:
    decide(registry, find_version(registry, "loan", "1"), "Rejected", "too old")
    assert find_version(registry, "loan", "1").stage == "rejected"


@pytest.mark.parametrize(
    ("command", "approval", "stage"),
    [("approve", "Approved", "challenger"), ("reject", "Rejected", "rejected")],
)
def test_a_decision_s_document_says_what_the_version_is_now(
    registry: FakePlace,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    approval: str,
    stage: str,
) -> None:
    monkeypatch.setattr({"approve": approve, "reject": reject}[command], "place_for", lambda _given: registry)
    assert main([command, "loan", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["version"], told["approval"], told["stage"]) == (1, approval, stage)


def test_a_use_case_without_a_version_is_told_how_to_get_one(
    registry: FakePlace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.client("sagemaker").create_model_package_group(ModelPackageGroupName="dropforge-bike")
    monkeypatch.setattr(models, "place_for", lambda _given: registry)
    assert main(["models", "bike"]) == 0
    assert capsys.readouterr() == (
        "",
        "bike has no model yet; `./dropforge drop bike FILE` makes one\n",
    )


@pytest.mark.parametrize(
    ("version", "approval", "served", "stage"),
    [
        (2, "Approved", Served("g/2"), "champion"),
        (1, "Approved", Served("g/2"), "previous"),
        (3, "Approved", Served("g/2"), "challenger"),
        (3, "Approved", Served(), "challenger"),
        (3, "Approved", Served("g/2", "g/3"), "rolled back"),
        (3, "PendingManualApproval", Served("g/2"), "candidate"),
        (3, "Rejected", Served("g/2", "g/3"), "rejected"),
    ],
)
def test_the_stage_follows_from_approval_and_what_is_served(
    version: int, approval: str, served: Served, stage: str
) -> None:
    assert stage_of(f"g/{version}", version, approval, served) == stage

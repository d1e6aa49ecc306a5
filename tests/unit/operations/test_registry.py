"""Versions and what each is to the endpoint."""

from pathlib import Path
from typing import Any

import pytest

from dropforge.domain.rollback import RESTORED_FROM
from dropforge.operations.approvals import reject
from dropforge.operations.errors import NoModel, NoUsecase, NoVersion
from dropforge.operations.registry import Served, find_version, list_models, served_by, stage_of
from dropforge.operations.stack import Stack
from tests.unit.operations.fakes import Pages, Serving, client_error, stack_with


def test_versions_come_newest_first_with_their_run(registry: Stack) -> None:
    models = list_models(registry, "loan")
    assert [(model.version, model.stage, model.run) for model in models] == [
        (2, "candidate", "loan-2"),
        (1, "candidate", "loan-1"),
    ]


@pytest.mark.parametrize(("named", "version"), [("1", 1), ("v1", 1), ("latest", 2)])
def test_a_version_is_found_by_each_of_its_names(registry: Stack, named: str, version: int) -> None:
    assert find_version(registry, "loan", named).version == version


def test_a_version_that_is_not_there_is_told_with_those_that_are(registry: Stack) -> None:
    with pytest.raises(NoVersion, match="there are 2, 1"):
        find_version(registry, "loan", "9")


def test_a_decision_is_written_with_its_comment(registry: Stack) -> None:
    reject(registry, find_version(registry, "loan", "1"), "too old")
    assert find_version(registry, "loan", "1").stage == "rejected"


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


def test_what_a_roll_back_took_out_is_known_by_the_configuration_that_was_put_back() -> None:
    packages = {"c": "g/2", "taken-out": "g/3"}
    stack = stack_with({"sagemaker": Serving(packages, {RESTORED_FROM: "taken-out"})})
    assert served_by(stack, "loan") == Served("g/2", "g/3")
    assert served_by(stack_with({"sagemaker": Serving(packages)}), "loan") == Served("g/2")


def test_the_tag_that_names_what_was_taken_out_is_the_one_that_a_roll_back_writes() -> None:
    """JSONata cannot ask for a constant of Python's."""
    machine = Path(__file__).parents[3] / "statemachines" / "deployment.asl.json"
    assert f'"Key": "{RESTORED_FROM}"' in machine.read_text(encoding="utf-8")


@pytest.mark.parametrize("words", ["ModelPackageGroup dropforge-bike does not exist.", "1 validation error"])
def test_a_use_case_without_a_group_is_none_and_neither_is_what_cannot_name_one(words: str) -> None:
    """moto lists a group that is not there as an empty one."""

    def refuse(**_given: Any) -> dict[str, Any]:
        raise client_error("ValidationException", words)

    class NoGroup:
        def get_paginator(self, _operation: str) -> Pages:
            return Pages(refuse)

    with pytest.raises(NoUsecase, match="there is no use case bike in stack dropforge"):
        list_models(stack_with({"sagemaker": NoGroup()}), "bike")


def test_a_use_case_without_a_version_has_no_latest(registry: Stack) -> None:
    registry.client("sagemaker").create_model_package_group(ModelPackageGroupName="dropforge-bike")
    assert list_models(registry, "bike") == []
    with pytest.raises(NoModel, match="bike has no model yet"):
        find_version(registry, "bike", "latest")

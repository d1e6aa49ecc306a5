"""Whose role a state machine can have."""

from __future__ import annotations

from pathlib import Path

import pytest

from localcloud.api.errors import ApiError
from localcloud.services.states.machine_roles import MachineRoles
from localcloud.tests.unit.iam.test_authority import ROLE, Town, authority


@pytest.mark.parametrize("principal", ["states.amazonaws.com", "states.us-east-1.amazonaws.com"])
def test_step_functions_has_a_name_everywhere_and_one_in_the_region(tmp_path: Path, principal: str) -> None:
    town = Town()
    trusting = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": principal}}
    town.trusts[ROLE] = {"Statement": [trusting]}
    MachineRoles(authority(town, tmp_path)).check(ROLE, "{}", None)


@pytest.mark.parametrize("principal", ["states.eu-west-1.amazonaws.com", "lambda.amazonaws.com"])
def test_a_role_that_trusts_another_is_refused(tmp_path: Path, principal: str) -> None:
    town = Town()
    trusting = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": principal}}
    town.trusts[ROLE] = {"Statement": [trusting]}
    with pytest.raises(ApiError) as refused:
        MachineRoles(authority(town, tmp_path)).check(ROLE, "{}", None)
    assert refused.value.code == "AccessDeniedException"


def test_what_is_not_a_role_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ApiError, match="Invalid Role Arn: 'someone'") as refused:
        MachineRoles(authority(Town(), tmp_path)).check("someone", "{}", None)
    assert refused.value.code == "InvalidArn"

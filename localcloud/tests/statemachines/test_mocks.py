"""What TestState says of a mock."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localcloud.services.states.interpreter import single
from localcloud.tests.statemachines.fakes import FakeServices

_CALL = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "f"},
    "End": True,
}
_START = {
    **_CALL,
    "Resource": "arn:aws:states:::states:startExecution",
    "Parameters": {"StateMachineArn": "m"},
}
_BRANCH = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
_TWO = {
    "Type": "Parallel",
    "End": True,
    "Branches": [_BRANCH, {"StartAt": "B", "States": {"B": {"Type": "Succeed"}}}],
}
_EACH = {"Type": "Map", "End": True, "ItemProcessor": _BRANCH}
_READ = {
    "Type": "Task",
    "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
    "Parameters": {"Bucket": "b", "Key": "k"},
    "End": True,
}


def alone(state: dict[str, Any], **more: Any) -> dict[str, Any]:
    return single.test({"definition": json.dumps(state), **more}, FakeServices({}, {}))


@pytest.mark.parametrize(
    ("state", "mock", "said"),
    [
        (_CALL, {"result": '{"StatusCode":"x"}'}, "Field 'StatusCode' must be a number"),
        (_START, {"result": "{}"}, "Required field 'ExecutionArn' is missing"),
        (_READ, {"result": '{"StorageClass":"x"}'}, "Field 'StorageClass' is not an expected value"),
        (_CALL, {"result": "{}", "errorOutput": {}}, "only one of the following fields"),
        ({"Type": "Pass", "End": True}, {"result": "{}"}, "State type 'Pass' is not supported"),
        (_TWO, {"result": "{}"}, "Mocked result must be an array."),
        (_TWO, {"result": "[1]"}, "the same number of items as number of Parallel branches"),
        (_EACH, {"result": "{}"}, "Mocked result must be an array."),
    ],
)
def test_a_mock_that_a_state_cannot_have_is_refused(
    state: dict[str, Any], mock: dict[str, Any], said: str
) -> None:
    with pytest.raises(single.Unusable, match=said) as refused:
        alone(state, mock=mock)
    assert refused.value.code == "ValidationException"


def test_more_failures_of_iterations_than_results_are_refused() -> None:
    with pytest.raises(single.Unusable, match="must be less than or equal to the number of Map iterations"):
        alone(_EACH, mock={"result": "[1]"}, stateConfiguration={"mapIterationFailureCount": 2})


def test_what_a_mock_is_checked_for_can_be_said() -> None:
    assert alone(_START, mock={"result": "{}", "fieldValidationMode": "PRESENT"})["output"] == "{}"
    wrong = {"result": '{"ExecutionArn":1}', "fieldValidationMode": "NONE"}
    assert alone(_START, mock=wrong)["output"] == '{"ExecutionArn":1}'


@pytest.mark.parametrize(
    ("state", "result"),
    [
        (_CALL, '{"StatusCode":200,"Payload":{"a":[1]}}'),
        (_CALL, '{"other":1}'),
        (_TWO, "[1,2]"),
        (_EACH, "[]"),
    ],
)
def test_a_mock_that_a_state_can_have_is_its_result(state: dict[str, Any], result: str) -> None:
    assert alone(state, mock={"result": result})["output"] == result


@pytest.mark.parametrize("state", [_TWO, _EACH])
def test_a_state_with_states_inside_is_not_tested_without_a_mock(state: dict[str, Any]) -> None:
    with pytest.raises(single.Unusable, match="does not support Map or Parallel states") as refused:
        alone(state)
    assert refused.value.code == "InvalidDefinition"


def test_a_task_is_not_tested_without_a_mock_or_a_role() -> None:
    with pytest.raises(single.Unusable, match="RoleArn must be specified when testing a Task state"):
        alone(_CALL)


def test_a_state_inside_another_can_be_named() -> None:
    inner = {"StartAt": "In", "States": {"In": {"Type": "Pass", "Result": 1, "End": True}}}
    machine = {"StartAt": "M", "States": {"M": {"Type": "Map", "End": True, "ItemProcessor": inner}}}
    assert alone(machine, stateName="In")["output"] == "1"

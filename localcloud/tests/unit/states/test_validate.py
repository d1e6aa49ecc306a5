"""The validator of definition files: what it refuses, and that it takes what AWS takes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from localcloud.services.states.validate import main, problems_of_text

if TYPE_CHECKING:
    from pathlib import Path

GOOD: dict[str, Any] = {
    "QueryLanguage": "JSONata",
    "StartAt": "Ask",
    "TimeoutSeconds": 60,
    "States": {
        "Ask": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
            "Arguments": {"Bucket": "${Bucket}", "Key": "{% $states.input.key %}"},
            "Retry": [{"ErrorEquals": ["S3.S3Exception"], "MaxAttempts": 2}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "No"}],
            "Next": "Which",
        },
        "Which": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% true %}", "Next": "Each"}],
            "Default": "No",
        },
        "Each": {
            "Type": "Map",
            "Items": "{% $states.input.items %}",
            "ItemProcessor": {"StartAt": "One", "States": {"One": {"Type": "Pass", "End": True}}},
            "Next": "Done",
        },
        "Done": {"Type": "Succeed"},
        "No": {"Type": "Fail", "Error": "No", "Cause": "{% 'because ' & $states.input.why %}"},
    },
}


def changed(path: str, value: Any) -> str:
    """GOOD with one key changed; None removes it."""
    definition = json.loads(json.dumps(GOOD))
    *above, last = path.split("/")
    node = definition
    for key in above:
        node = node[key]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return json.dumps(definition)


def test_a_valid_definition_has_no_problems() -> None:
    """Substitutions, retries, a map and a choice are all fine."""
    assert problems_of_text(json.dumps(GOOD)) == []


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("StartAt", "Nowhere", "StartAt names no state"),
        ("TimeoutSeconds", 0, "TimeoutSeconds must be a whole number above 0"),
        ("States", {}, "at least one state"),
        ("Colour", "red", "unknown field 'Colour'"),
        ("States/Ask/Next", "Gone", "leads to 'Gone', which does not exist"),
        ("States/Ask/Next", None, "needs either Next or End"),
        ("States/Ask/End", True, "needs either Next or End"),
        ("States/Ask/Resource", "arn:aws:states:::aws-sdk:s3:getObjekt", "s3 has no action 'getObjekt'"),
        ("States/Ask/Resource", "arn:aws:states:::aws-sdk:s3:GetObject", "lower camel case"),
        ("States/Ask/Resource", "arn:aws:states:::aws-sdk:s4:getObject", "AWS has no service 's4'"),
        (
            "States/Ask/Resource",
            "arn:aws:states:::sagemaker:describeEndpoint",
            "use aws-sdk:sagemaker:describeEndpoint",
        ),
        ("States/Ask/Resource", "arn:aws:states:::sagemaker:createModel.sync", "does not support .sync"),
        ("States/Ask/Arguments", {"Bucket": "b"}, "needs the field 'Key'"),
        ("States/Ask/Arguments", {"Bucket": "b", "Key": "k", "Bukket": 1}, "has no field 'Bukket'"),
        ("States/Ask/Arguments", {"Bucket.$": "$.b", "Key": "k"}, "keys ending in .$ belong to JSONPath"),
        ("States/Ask/Arguments", "{% $x = %}", "does not parse"),
        ("States/Ask/Arguments", "x {% 1 %}", "must be the whole string"),
        ("States/Ask/ResultPath", "$.x", "ResultPath cannot be used in a JSONata state"),
        ("States/Ask/TimeoutSeconds", -1, "TimeoutSeconds must be a whole number above 0"),
        ("States/Ask/Retry", [{"ErrorEquals": []}], "ErrorEquals must be a list of error names"),
        ("States/Ask/Retry", [{"ErrorEquals": ["States.Nonsense"]}], "there is no error 'States.Nonsense'"),
        ("States/Ask/Retry", [{"ErrorEquals": ["States.ALL", "X"]}], "must stand alone and last"),
        ("States/Ask/Catch", [{"ErrorEquals": ["X"]}], "needs Next"),
        ("States/Which/Choices", [], "at least one rule"),
        ("States/Which/Choices", [{"Next": "Done"}], "needs Condition"),
        ("States/Which/Retry", [], "a Choice state has no field 'Retry'"),
        ("States/Each/ItemProcessor/StartAt", "Two", "StartAt names no state"),
        ("States/Each/ItemProcessor", None, "needs ItemProcessor"),
        ("States/Done/Type", "Finish", "Type must be one of"),
        ("States/Lonely", {"Type": "Succeed"}, "no state leads here"),
        ("States/No/Next", "Done", "a Fail state has no field 'Next'"),
    ],
)
def test_a_fault_is_told_with_its_place(path: str, value: Any, reason: str) -> None:
    """Each fault that AWS refuses, at creation or when it is reached, is found in the file."""
    assert any(reason in problem for problem in problems_of_text(changed(path, value)))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "must be an object"),
        ('{"StartAt": 1, "StartAt": 2}', "appears twice"),
        ("{}", "States"),
    ],
)
def test_what_is_not_a_definition_is_reported(text: str, reason: str) -> None:
    """Broken JSON, another shape, a doubled key."""
    assert reason in problems_of_text(text)[0]


def test_a_jsonpath_machine_is_checked_as_one() -> None:
    """Its parameters may be paths, and JSONata is refused there."""
    task = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": True}
    good = {"Parameters": {"QueueUrl": "x", "MessageBody.$": "$.body"}}
    bad = {"Parameters": {"QueueUrl": "x", "MessageBody": "{% 1 %}"}, "Output": 1}
    assert problems_of_text(json.dumps({"StartAt": "A", "States": {"A": task | good}})) == []
    found = problems_of_text(json.dumps({"StartAt": "A", "States": {"A": task | bad}}))
    assert len(found) == 2


def test_the_command_ends_with_1_and_names_file_and_state(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`python -m localcloud.services.states.validate FILE…`"""
    file = tmp_path / "bad.asl.json"
    file.write_text(changed("StartAt", "Nowhere"))
    assert main([str(file)]) == 1
    assert "bad.asl.json: definition: StartAt" in capsys.readouterr().out
    file.write_text(json.dumps(GOOD))
    assert main([str(file)]) == 0

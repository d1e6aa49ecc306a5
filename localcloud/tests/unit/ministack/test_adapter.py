"""The adapter's hooks, the names of errors, and the shapes of events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from localcloud.errors import HookMissing, StateInUse
from localcloud.ministack import hooks
from localcloud.services.events.shapes import AlarmState, alarm_detail
from localcloud.services.states.sdk import (
    TaskError,
    java_name,
    operation,
    service_name,
    to_output,
    to_parameters,
)
from localcloud.statedir import locked

if TYPE_CHECKING:
    from pathlib import Path


def test_a_missing_hook_is_named() -> None:
    """A new MiniStack without a name that the adapter uses is told at start."""
    problems = hooks._missing("json", {"loads": ("s",), "gone": None, "dumps": ("no_such_parameter",)})
    assert problems == ["json.gone", "json.dumps"]
    assert hooks._missing("no.such.module", {"x": None}) == ["no.such.module"]
    assert "json.gone" in str(HookMissing("9.9", problems))


@pytest.mark.parametrize(
    ("service_id", "name"),
    [
        ("SNS", "Sns"),
        ("S3", "S3"),
        ("EC2", "Ec2"),
        ("SageMaker", "SageMaker"),
        ("DynamoDB", "DynamoDb"),
        ("CloudWatch Logs", "CloudWatchLogs"),
        ("SFN", "Sfn"),
        ("SageMaker Runtime", "SageMakerRuntime"),
    ],
)
def test_services_are_named_in_errors_as_the_java_sdk_names_them(service_id: str, name: str) -> None:
    """Catch matches these."""
    assert java_name(service_id) == name


def test_step_functions_names_of_services_are_found() -> None:
    """Where they differ from boto3's."""
    assert service_name("sfn") == "stepfunctions"
    assert service_name("cloudwatchlogs") == "logs"
    assert service_name("sagemakerruntime") == "sagemaker-runtime"
    assert service_name("nothing") is None


def test_arguments_are_matched_to_the_model() -> None:
    """Whole floats become integers, objects become text, unknown fields are told with their path."""
    model = operation("cloudwatch", "putMetricAlarm")
    assert model is not None
    given = {"AlarmName": "x", "Period": 60.0, "Dimensions": [{"Name": "a", "Value": {"b": 1}}], "Unit": None}
    assert to_parameters(model.input_shape, given, "") == {
        "AlarmName": "x",
        "Period": 60,
        "Dimensions": [{"Name": "a", "Value": '{"b":1}'}],
    }
    with pytest.raises(TaskError, match=r"'Dimensions\[0\]\.Nam' is not supported by Step Functions"):
        to_parameters(model.input_shape, {"Dimensions": [{"Nam": "a"}]}, "")


def test_answers_become_plain_json() -> None:
    """Keys in PascalCase, but the keys of a map stay as they are."""
    model = operation("stepfunctions", "describeExecution")
    assert model is not None
    assert to_output(model.output_shape, {"executionArn": "x", "output": None}) == {"ExecutionArn": "x"}


def test_an_alarm_event_has_the_documented_shape() -> None:
    """`detail` of 'CloudWatch Alarm State Change' for a metric alarm."""
    alarm = {
        "AlarmName": "X",
        "AlarmDescription": "why",
        "Namespace": "AWS/SageMaker",
        "MetricName": "Invocation5XXErrors",
        "Dimensions": [{"Name": "EndpointName", "Value": "e"}],
        "Period": 60,
        "Statistic": "Sum",
    }
    before, now = AlarmState("OK", "was fine", None, 0.0), AlarmState("ALARM", "Threshold Crossed", "{}", 1.5)
    detail = alarm_detail(alarm, before, now)
    assert detail["state"] == {
        "value": "ALARM",
        "reason": "Threshold Crossed",
        "reasonData": "{}",
        "timestamp": "1970-01-01T00:00:01.500+0000",
    }
    assert detail["previousState"]["value"] == "OK"
    assert detail["configuration"]["description"] == "why"
    assert json.loads(json.dumps(detail)) == detail


def test_a_state_directory_holds_one_cloud(tmp_path: Path) -> None:
    """The second one is told which process holds it; afterwards it is free again."""
    with locked(tmp_path), pytest.raises(StateInUse, match="process id"), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass

"""The samples in events/ have the shape AWS sends, decode into facts, and match the template's rules."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dropforge.domain.names import usecase_of
from dropforge.domain.outcome import Registered, outcome_of
from dropforge.edge.events import alarm_changed, execution_ended, object_created, package_changed
from dropforge.edge.tasks import count, inference_run, usecase_named

ROOT = Path(__file__).resolve().parents[2]
EVENTS = {path.stem: json.loads(path.read_text()) for path in sorted((ROOT / "events").glob("*.json"))}
ENVELOPE = {"version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"}
FROM_EVENTBRIDGE = {name for name, event in EVENTS.items() if "detail-type" in event}

DECODERS: dict[str, Callable[[Any], object]] = {
    "publish_contract": object_created,
    "start_training": object_created,
    "start_inference": object_created,
    "start_deployment": package_changed,
    "start_deployment_rejected": package_changed,
    "answer_alarm": alarm_changed,
    "report_outcome": lambda event: outcome_of(execution_ended(event, "dropforge")),
    "report_outcome_refused": lambda event: outcome_of(execution_ended(event, "dropforge")),
    "prepare_batch": inference_run,
    "predict_batch": lambda event: (inference_run(event["job"]), count(event, "batch")),
    "find_champion": usecase_named,
    "gate_confidence": lambda event: (inference_run(event["job"]), count(event, "batches")),
}


def test_every_function_has_a_sample_and_every_sample_a_function() -> None:
    """But one: build_image is asked by CloudFormation, and only where a stack makes its own image."""
    functions = {path.parent.name for path in (ROOT / "functions").glob("*/handler.py")}

    assert functions - EVENTS.keys() == {"build_image"}
    assert all(any(name.startswith(function) for function in functions) for name in EVENTS)


@pytest.mark.parametrize("name", EVENTS)
def test_every_sample_decodes(name: str) -> None:
    assert DECODERS[name](EVENTS[name])


@pytest.mark.parametrize("name", sorted(FROM_EVENTBRIDGE))
def test_an_eventbridge_sample_has_the_whole_envelope(name: str) -> None:
    event = EVENTS[name]

    assert set(event) == ENVELOPE
    assert event["version"] == "0"
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", event["id"])
    assert re.fullmatch(r"\d{12}", event["account"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", event["time"])
    assert all(arn.startswith("arn:aws:") for arn in event["resources"])


S3_DETAIL = {"version", "bucket", "object", "request-id", "requester", "source-ip-address", "reason"}


@pytest.mark.parametrize("name", ["publish_contract", "start_training", "start_inference"])
def test_an_s3_sample_has_the_documented_detail(name: str) -> None:
    detail = EVENTS[name]["detail"]

    assert set(detail) == S3_DETAIL
    assert set(detail["object"]) == {"key", "size", "etag", "version-id", "sequencer"}
    assert EVENTS[name]["resources"] == [f"arn:aws:s3:::{detail['bucket']['name']}"]


@pytest.mark.parametrize("name", ["start_deployment", "start_deployment_rejected"])
def test_a_model_package_sample_names_what_was_updated_and_when(name: str) -> None:
    event = EVENTS[name]
    detail = event["detail"]

    assert event["resources"] == [detail["ModelPackageArn"]]
    assert "ModelApprovalStatus" in detail["UpdatedModelPackageFields"]
    assert isinstance(detail["ModelPackageVersion"], int)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", detail["LastModifiedTime"])
    assert usecase_of("dropforge", detail["ModelPackageGroupName"]) == "loan"


def test_the_alarm_sample_is_one_that_the_deployment_makes() -> None:
    decoded = alarm_changed(EVENTS["answer_alarm"])
    definition = json.loads((ROOT / "statemachines" / "deployment.asl.json").read_text())
    made = definition["States"]["WatchErrors"]["Arguments"]

    assert decoded.dimensions.keys() == {dimension["Name"] for dimension in made["Dimensions"]}
    assert decoded.namespace == made["Namespace"]
    assert decoded.name.endswith("-5xx")


def test_the_sample_of_a_success_has_the_output_of_a_state_machines_end() -> None:
    event = EVENTS["report_outcome"]
    definition = json.loads((ROOT / "statemachines" / "training.asl.json").read_text())

    assert json.loads(event["detail"]["output"]).keys() == definition["States"]["Registered"]["Output"].keys()
    assert isinstance(outcome_of(execution_ended(event, "dropforge")), Registered)


def test_the_sample_of_a_refusal_ends_with_an_error_that_a_state_machine_names() -> None:
    decoded = execution_ended(EVENTS["report_outcome_refused"], "dropforge")
    definition = json.loads((ROOT / "statemachines" / f"{decoded.machine}.asl.json").read_text())
    named = {state["Error"] for state in definition["States"].values() if state["Type"] == "Fail"}

    assert decoded.error in named
    assert decoded.input["usecase"] == "loan"

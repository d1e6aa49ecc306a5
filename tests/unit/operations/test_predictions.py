"""Requests to the live model, and its answers."""

import io
import json
from typing import Any

import pytest

from dropforge.operations.errors import ModelRefused, NothingToPredict, NotJson, NotServed, TooLarge
from dropforge.operations.predictions import CSV, JSON, LINES, Request, predict, request_for
from tests.unit.operations.fakes import client_error, stack_with

RECORD = {"Age": 40}


@pytest.mark.parametrize(
    ("suffix", "body", "kind"),
    [
        (".csv", "Age\n40\n", CSV),
        (".JSON", json.dumps(RECORD), JSON),
        (".jsonl", json.dumps(RECORD), LINES),
        ("", "Age\n40\n", CSV),
        (".PNG", "\x89PNG", "image/png"),
        ("", json.dumps({"instances": [RECORD]}), JSON),
        ("", f"{json.dumps(RECORD)}\n{json.dumps(RECORD)}\n", LINES),
    ],
)
def test_a_file_is_sent_as_what_its_name_or_its_content_says(suffix: str, body: str, kind: str) -> None:
    assert request_for(suffix, body.encode()).content_type == kind


@pytest.mark.parametrize("body", [RECORD, [RECORD], {"instances": [RECORD]}])
def test_one_record_a_list_and_the_services_own_shape_are_the_same_request(body: object) -> None:
    assert json.loads(request_for(".json", json.dumps(body).encode()).body) == {"instances": [RECORD]}


@pytest.mark.parametrize(
    ("body", "error", "says"),
    [
        (b" \n", NothingToPredict, "empty"),
        (b"{", NotJson, "not JSON"),
        (b"x" * 7_000_000, TooLarge, r"7\.0 MB is more than one request holds \(6\.3 MB\)"),
    ],
)
def test_what_cannot_be_asked_is_said_before_it_is_sent(
    body: bytes, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        request_for(".json", body)


class Runtime:
    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def invoke_endpoint(self, **given: Any) -> dict[str, Any]:
        self.asked = given
        if isinstance(self.answer, Exception):
            raise self.answer
        return {"Body": io.BytesIO(self.answer), "ContentType": "application/json"}


@pytest.mark.parametrize(
    ("fault", "error", "says"),
    [
        (
            client_error("ModelError", "m", OriginalStatusCode=400, OriginalMessage="no column Ag"),
            ModelRefused,
            r"the model refused the request \(400\): no column Ag",
        ),
        (
            client_error("ValidationError", "Endpoint dropforge-loan of account 0 not found."),
            NotServed,
            "dropforge-loan does not answer: Endpoint dropforge-loan of account 0 not found$",
        ),
    ],
)
def test_a_refusal_is_told_as_the_model_or_the_service_said_it(
    fault: Exception, error: type[Exception], says: str
) -> None:
    stack = stack_with({"sagemaker-runtime": Runtime(fault)})
    with pytest.raises(error, match=says):
        predict(stack, "loan", Request(b"{}", JSON))


def test_the_answers_are_read_whatever_the_records_were_written_in() -> None:
    runtime = Runtime(b'{"predictions": [{"value": 1556.2}, {"value": 1050.5}]}')
    stack = stack_with({"sagemaker-runtime": runtime})

    assert predict(stack, "bike", Request(b"temp\n14\n7\n", CSV)) == [{"value": 1556.2}, {"value": 1050.5}]
    assert runtime.asked["Accept"] == JSON

"""The endpoint as its callers know it: over HTTP, from the image's own entry point."""

import csv
import http.client
import io
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.training.container import REPOSITORY, Container
from tests.unit.training.small import part

JSON, LINES, CSV = "application/json", "application/jsonlines", "text/csv"
CUSTOMER: dict[str, Any] = {
    "Age": 45,
    "Experience": 19,
    "Income": 180,
    "Family": 3,
    "CCAvg": 4.5,
    "Education": 2,
    "Mortgage": 0,
    "Securities Account": 0,
    "CD Account": 1,
    "Online": 1,
    "CreditCard": 0,
}


class Endpoint:
    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("content-type", ""), answer.read()
        finally:
            connection.close()

    def invoke(self, body: str | bytes, kind: str = JSON, **headers: str) -> tuple[int, str, str]:
        sent = body.encode() if isinstance(body, str) else body
        status, given, answer = self.ask("POST", "/invocations", sent, content_type=kind, **headers)
        return status, given, answer.decode()

    def predict(self, *instances: dict[str, Any]) -> list[dict[str, Any]]:
        status, _, answer = self.invoke(json.dumps({"instances": list(instances)}))
        assert status == 200, answer
        predictions: list[dict[str, Any]] = json.loads(answer)["predictions"]
        return predictions

    def refusal(self, body: str | bytes, kind: str = JSON, **headers: str) -> tuple[int, str]:
        status, given, answer = self.invoke(body, kind, **headers)
        assert given == JSON
        return status, json.loads(answer)["error"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(container: Container, port: int) -> subprocess.Popen[bytes]:
    env = os.environ | {
        "SAGEMAKER_BASE_DIR": str(container.base),
        "SAGEMAKER_BIND_TO_HOST": "127.0.0.1",
        "SAGEMAKER_BIND_TO_PORT": str(port),
        "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'layers' / 'core'}",
    }
    command = [sys.executable, "-m", "training", "serve"]
    return subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def wait_for(endpoint: Endpoint, answers: bool) -> None:
    """Until it answers its ping, or until nothing is there any more."""
    for _ in range(400):
        try:
            if (endpoint.ask("GET", "/ping")[0] == 200) == answers:
                return
        except OSError:
            if not answers:
                return
        time.sleep(0.05)
    pytest.fail(f"the endpoint {'never' if answers else 'still'} answers")


@pytest.fixture(scope="module")
def endpoint(trained: Container) -> Iterator[Endpoint]:
    served = Endpoint(free_port())
    with start(trained, served.port) as server:
        try:
            wait_for(served, answers=True)
            yield served
        finally:
            server.terminate()
            server.communicate(timeout=20)
    assert server.returncode == 0


def test_ping_and_execution_parameters_answer(endpoint: Endpoint) -> None:
    assert endpoint.ask("GET", "/ping") == (200, JSON, b"{}")
    assert json.loads(endpoint.ask("GET", "/execution-parameters")[2])["MaxPayloadInMB"] == 6


def test_an_instance_is_answered_with_label_probability_and_confidence(endpoint: Endpoint) -> None:
    likely, unlikely = endpoint.predict(CUSTOMER, CUSTOMER | {"Income": 20, "CD Account": 0})
    assert likely["label"] == "1"
    assert likely["confidence"] == likely["probability"] > 0.9
    assert unlikely["label"] == "0"
    assert unlikely["confidence"] == pytest.approx(1 - unlikely["probability"])


@pytest.mark.parametrize(
    "spelled",
    [
        {"Income": "180"},
        {"Income": " 1.8e2 "},
        {"Education": "2"},
        {"Education": 2.0},
        {"Education": "2.00"},
        {"Online": "1.0"},
        {"Personal Loan": 0},
        {"ID": 17, "ZIP Code": None},
    ],
)
def test_how_a_value_is_spelled_does_not_matter(spelled: dict[str, Any], endpoint: Endpoint) -> None:
    """A number may be text, a category a number; and columns that no prediction reads may come along."""
    plain, other = endpoint.predict(CUSTOMER, CUSTOMER | spelled)
    assert plain == other


def test_a_missing_number_and_an_unknown_category_are_answered(endpoint: Endpoint) -> None:
    gaps = {"Income": None, "CCAvg": "", "Education": 9, "Online": "maybe", "CreditCard": None}
    assert endpoint.predict(CUSTOMER | gaps)[0]["label"] in ("0", "1")


def test_json_lines_are_answered_line_by_line(endpoint: Endpoint) -> None:
    body = json.dumps(CUSTOMER) + "\n\n" + json.dumps(CUSTOMER | {"Income": 20}) + "\n"
    status, kind, answer = endpoint.invoke(body, LINES)
    lines = [json.loads(line) for line in answer.splitlines()]
    assert (status, kind) == (200, LINES)
    assert lines == endpoint.predict(CUSTOMER, CUSTOMER | {"Income": 20})


def test_csv_comes_with_or_without_a_header(endpoint: Endpoint) -> None:
    values = ",".join(str(value) for value in CUSTOMER.values())
    shuffled = ",".join(reversed(CUSTOMER)) + "\r\n" + ",".join(reversed(values.split(",")))
    plain = endpoint.invoke(values, CSV)
    assert plain[:2] == (200, CSV)
    assert endpoint.invoke(shuffled, CSV) == plain
    assert endpoint.invoke(f"\ufeff{','.join(CUSTOMER)}\n{values}\n", "text/csv; charset=utf-8") == plain
    assert endpoint.invoke(values + "\n\n", "text/csv; header=absent") == plain
    label, probability, confidence = plain[2].strip().split(",")
    expected = {"label": label, "probability": float(probability), "confidence": float(confidence)}
    assert endpoint.predict(CUSTOMER) == [expected]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [("", CSV), ("*/*", CSV), (JSON, JSON), (LINES, LINES), ("text/html, application/json;q=0.9", JSON)],
)
def test_the_answer_comes_in_the_form_that_is_accepted(accept: str, kind: str, endpoint: Endpoint) -> None:
    values = ",".join(str(value) for value in CUSTOMER.values())
    assert endpoint.invoke(values, CSV, accept=accept)[:2] == (200, kind)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"Income": "much"}, "record 2, Income: 'much' is not a number"),
        ({"Income": True}, "record 2, Income: True is not a number"),
        ({"Income": 1e39}, "record 2, Income: 1e+39 is not a number"),
        ({"Age": 4.5}, "record 2, Age: 4.5 is not a whole number"),
        ({"Education": [2]}, "record 2, Education: a list is not text, a number, true or false"),
        ({"Incom": 1}, "record 2, 'Incom': is not a column of the contract; did you mean 'Income'?"),
    ],
)
def test_a_bad_value_is_refused_by_record_and_column(
    changes: dict[str, Any], said: str, endpoint: Endpoint
) -> None:
    body = json.dumps({"instances": [CUSTOMER, CUSTOMER | changes]})
    assert endpoint.refusal(body) == (400, said)


def test_an_absent_column_is_refused_by_name(endpoint: Endpoint) -> None:
    less = {name: value for name, value in CUSTOMER.items() if name != "Family"}
    status, said = endpoint.refusal(json.dumps({"instances": [less]}))
    assert (status, said) == (400, "record 1, Family: is missing; send null for a value that is not known")


@pytest.mark.parametrize(
    ("body", "kind", "status", "said"),
    [
        ("", JSON, 400, "the body is not JSON"),
        ("[]", JSON, 400, 'the body is not {"instances"'),
        ('{"instances": []}', JSON, 400, "the request holds no record"),
        ('{"instances": [[1, 2]]}', JSON, 400, "record 1 is not an object"),
        ('{"instances": [{"Age": NaN}]}', JSON, 400, "the body has NaN, which is not a JSON number"),
        ("[" * 100_000, JSON, 400, "the body cannot be read: maximum recursion"),
        (b"\xff", JSON, 400, "the body is not UTF-8 text: byte 0"),
        ("{}\nx", LINES, 400, "line 2 is not JSON"),
        ("", CSV, 400, "the request holds no record"),
        ("1,2,3", CSV, 400, "line 1 has 3 cells, not 11"),
        ('1,"2', CSV, 400, "a quote that line 1 opens is never closed"),
        ("Age,Age\n1,2", CSV, 400, "line 1 names 'Age' more than once"),
        ("Age,Income\n1,2", CSV, 400, "line 1 lacks 'Experience', 'Family'"),
        (b"1,\0,3", CSV, 400, "the body is not text: it holds a NUL"),
        ('{"Age": 1, "Age": 2}', LINES, 400, "line 1 names 'Age' more than once"),
        ("x", "text/xml", 415, "the content type 'text/xml' is not supported"),
        ("x", "text/csv; charset=utf-16", 415, "the character set 'utf-16' is not supported"),
    ],
)
def test_a_body_that_makes_no_sense_is_refused_with_a_sentence(
    body: str | bytes, kind: str, status: int, said: str, endpoint: Endpoint
) -> None:
    found, sentence = endpoint.refusal(body, kind)
    assert found == status
    assert sentence.startswith(said)


def test_a_form_that_cannot_be_sent_is_refused(endpoint: Endpoint) -> None:
    body = json.dumps({"instances": [CUSTOMER]})
    assert endpoint.refusal(body, accept="text/html")[0] == 406


def test_too_large_a_body_is_refused(endpoint: Endpoint) -> None:
    status, said = endpoint.refusal(b" " * 6_291_457)
    assert status == 413
    assert "larger than 6291456 bytes" in said


def test_other_paths_and_methods_are_refused(endpoint: Endpoint) -> None:
    assert endpoint.ask("GET", "/models")[0] == 404
    assert endpoint.ask("GET", "/invocations")[0] == 405
    assert endpoint.ask("POST", "/ping")[0] == 405


def test_the_endpoint_answers_each_test_row_as_the_evaluation_did(
    trained: Container, endpoint: Endpoint
) -> None:
    """0 differing labels: the confusion matrix counted from HTTP answers is the evaluation's."""
    body = part(trained, "test").write_csv().encode()
    status, _, answer = endpoint.invoke(body, CSV)
    assert status == 200
    actual = [row["Personal Loan"] for row in csv.DictReader(io.StringIO(body.decode()))]
    counted = {"0": {"0": 0, "1": 0}, "1": {"0": 0, "1": 0}}
    for truth, line in zip(actual, answer.splitlines(), strict=True):
        counted[truth][line.split(",")[0]] += 1
    assert counted == trained.output("evaluation/confusion.json")


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=80), st.text('{}[]":,instances1.eE-', max_size=60).map(str.encode)))
def test_any_body_is_answered_and_never_breaks_the_server(endpoint: Endpoint, body: bytes) -> None:
    for kind in (JSON, LINES, CSV):
        assert endpoint.invoke(body, kind)[0] in (200, 400)


def test_a_killed_server_leaves_no_worker_behind(trained: Container) -> None:
    served = Endpoint(free_port())
    with start(trained, served.port) as server:
        wait_for(served, answers=True)
        server.kill()
        server.communicate(timeout=20)
        wait_for(served, answers=False)


def test_a_model_that_is_not_whole_is_never_served(container: Container) -> None:
    (container.base / "model").mkdir(parents=True)
    with start(container, free_port()) as server:
        _, said = server.communicate(timeout=60)
    assert server.returncode == 1
    assert said.decode().strip() == "the model has no manifest.json"

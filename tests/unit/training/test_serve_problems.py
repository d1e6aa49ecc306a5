"""What the endpoint takes and answers for each kind of problem: the application around a model of ours."""

from __future__ import annotations

import base64
import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from dropforge.domain.contract import Column, Contract, Image
from tests.unit.training.pictures import contract as pictures_contract
from tests.unit.training.pictures import picture
from training.images.features import NAMES, features
from training.model.predictor import Prediction
from training.serve.application import Application

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

JSON, LINES, CSV = "application/json", "application/jsonlines", "text/csv"


class Model:
    """Keeps what it was asked, and answers all with one prediction."""

    def __init__(self, contract: Contract, answer: Prediction) -> None:
        self.contract = contract
        self.asked: list[Mapping[str, Any]] = []
        self._answer = answer

    def predict(self, records: Sequence[Mapping[str, Any]], origins: Sequence[str]) -> list[Prediction]:
        self.asked += records
        return [self._answer for _ in zip(records, origins, strict=True)]


def table(problem: str) -> Contract:
    return Contract("tables", problem, "y", (Column("x", "number"), Column("y", "category")))


def invoke(model: Model, body: bytes | str, kind: str = JSON, accept: str = "") -> tuple[int, str, str]:
    sent = body.encode() if isinstance(body, str) else body
    said: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]]) -> None:
        said.update(status=int(status[:3]), kind=dict(headers)["Content-Type"])

    environ: dict[str, Any] = {"PATH_INFO": "/invocations", "REQUEST_METHOD": "POST", "CONTENT_TYPE": kind}
    environ |= {"HTTP_ACCEPT": accept, "wsgi.input": io.BytesIO(sent)}
    answer = b"".join(Application(model)(environ, start))  # type: ignore[arg-type]
    return said["status"], said["kind"], answer.decode()


ANSWERS = {
    "binary": (
        Prediction("1", probability=0.75, confidence=0.75),
        {"label": "1", "probability": 0.75, "confidence": 0.75},
        "1,0.75,0.75\n",
    ),
    "multiclass": (
        Prediction("b", confidence=0.5, probabilities={"a": 0.25, "b": 0.5, "c": 0.25}),
        {"label": "b", "confidence": 0.5, "probabilities": {"a": 0.25, "b": 0.5, "c": 0.25}},
        "b,0.5\n",
    ),
    "regression": (Prediction(value=12.5), {"value": 12.5}, "12.5\n"),
}


@pytest.mark.parametrize("problem", ANSWERS)
def test_each_problem_is_answered_with_what_applies_to_it_in_every_form(problem: str) -> None:
    answer, document, line = ANSWERS[problem]
    model = Model(table(problem), answer)

    assert json.loads(invoke(model, '{"instances": [{"x": 1}]}')[2]) == {"predictions": [document]}
    assert json.loads(invoke(model, '{"x": 1}\n', LINES)[2]) == document
    assert invoke(model, "1\n2\n", CSV) == (200, CSV, line * 2)


@pytest.fixture
def model() -> Model:
    return Model(pictures_contract(), ANSWERS["multiclass"][0])


def encoded(body: bytes) -> str:
    return base64.b64encode(body).decode()


@pytest.mark.parametrize(
    ("kind", "format_"), [("image/png", "PNG"), ("image/jpeg", "JPEG"), ("application/x-image", "BMP")]
)
def test_a_picture_itself_is_a_request_and_is_answered_in_json(model: Model, kind: str, format_: str) -> None:
    status, answered, body = invoke(model, picture(kind=format_), kind, accept="*/*")

    assert (status, answered) == (200, JSON)
    assert json.loads(body)["predictions"][0]["label"] == "b"
    assert invoke(model, picture(kind=format_), kind, accept=CSV) == (200, CSV, "b,0.5\n")


def test_every_way_in_gives_the_features_that_training_has(model: Model) -> None:
    """To the last bit: there is one function."""
    text = encoded(picture())
    invoke(model, picture(), "image/png")
    invoke(model, json.dumps({"instances": [{"image": text}]}))
    invoke(model, json.dumps({"image": text}), LINES)

    expected = features(picture(), Image())
    for record in model.asked:
        assert tuple(record) == NAMES
        assert np.array(list(record.values()), np.float32).tobytes() == expected.tobytes()
    assert len(model.asked) == 3


REFUSED: dict[str, tuple[bytes | str, str, int, str]] = {
    "no picture": (
        b"bicycle",
        "image/png",
        400,
        "the body, image: the picture is not in one of the formats PNG",
    ),
    "cut off": (picture()[:100], "image/png", 400, "the body, image: the picture cannot be decoded"),
    "nothing": (b"", "image/jpeg", 400, "the body, image: the picture is not in one of"),
    "no base64": (json.dumps({"image": "-"}), LINES, 400, "line 1, image: is not base64"),
    "not ASCII": (json.dumps({"image": "ä"}), LINES, 400, "line 1, image: is not base64"),
    "no text": (json.dumps({"instances": [{"image": 5}]}), JSON, 400, "record 1, image: is not the base64"),
    "no image": ('{"instances": [{}]}', JSON, 400, "record 1, image: is not the base64"),
    "another field": (json.dumps({"image": "", "size": 5}), LINES, 400, "line 1, 'size': is not known"),
    "a second one broken": (
        json.dumps({"image": encoded(picture())}) + "\n" + json.dumps({"image": encoded(b"x")}),
        LINES,
        400,
        "line 2, image: the picture is not in one of",
    ),
    "a table": ("1,2,3", CSV, 415, "the content type 'text/csv' is not supported; send image/png"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_a_picture_is_refused_and_located(model: Model, case: str) -> None:
    body, kind, status, said = REFUSED[case]
    found, _, answer = invoke(model, body, kind)

    assert found == status
    assert json.loads(answer)["error"].startswith(said)
    assert model.asked == []


def test_a_model_of_tables_takes_no_picture() -> None:
    status, _, said = invoke(Model(table("binary"), ANSWERS["binary"][0]), picture(), "image/png")

    assert status == 415
    assert "'image/png' is not supported; send application/json" in said

"""Inference for every kind of problem and of file: classes, numbers, pictures, JSON lines."""

from __future__ import annotations

import base64
import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from dropforge.actions import predict_batch as asking
from dropforge.actions.gate_confidence import gate_confidence
from dropforge.actions.predict_batch import predict_batch
from dropforge.actions.prepare_batch import prepare_batch
from dropforge.domain.contract import parse_contract
from dropforge.domain.errors import Refused
from dropforge.domain.run import InferenceRun, Served
from tests.unit.actions.fakes import STACK, FakeNotifications, FakeObjects, created

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dropforge.actions.results import Gated
    from dropforge.domain.contract import Contract

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"


def table(problem: str, **changes: Any) -> Contract:
    document = {"usecase": "shop", "problem": problem, "target": "y"}
    if problem == "regression":
        return parse_contract(document | {"columns": {"x": "number", "y": "number"}})
    columns = {"x": "number", "y": "category"}
    return parse_contract(document | {"columns": columns, "confidence": 0.8} | changes)


def pictures() -> Contract:
    return parse_contract(
        {"usecase": "shop", "problem": "image", "image": {"height": 32, "width": 32}, "confidence": 0.8}
    )


class Endpoint:
    """Answers from a record's value; refuses a request that holds `bad`, as the server does."""

    def __init__(self, answers: Mapping[Any, dict[str, Any]], bad: Any = None) -> None:
        self.answers, self.bad = answers, bad
        self.requests: list[int] = []

    def predict(self, endpoint: str, body: bytes) -> bytes:
        instances = json.loads(body)["instances"]
        self.requests.append(len(instances))
        values = [next(iter(instance.values())) for instance in instances]
        for number, value in enumerate(values, 1):
            if value == self.bad:
                raise Refused(f"endpoint {endpoint} refused the records: record {number} is bad")
        return json.dumps({"predictions": [self.answers[value] for value in values]}).encode()


class File:
    def __init__(self, contract: Contract, name: str, body: bytes | str, endpoint: Endpoint) -> None:
        self.key = f"inference/shop/{name}"
        self.objects = FakeObjects(**{self.key: body.encode() if isinstance(body, str) else body})
        self.objects.in_force(contract)
        self.notifications = FakeNotifications()
        self.endpoint = endpoint
        served = Served("arn:package/1", contract.problem, "contracts/shop/published.json")
        self.run = InferenceRun.of(created(self.key), contract, None, STACK, served)

    def through(self) -> Gated:
        prepared = prepare_batch(self.run, objects=self.objects)
        for batch in range(prepared.batches):
            predict_batch(self.run, batch, objects=self.objects, predictor=self.endpoint)
        return gate_confidence(
            self.run,
            prepared.batches,
            prepared.quarantined,
            objects=self.objects,
            notifications=self.notifications,
        )

    def table(self, key: str | None = None) -> list[dict[str, str]]:
        text = self.objects.files[key or f"{self.run.prefix}/predictions.csv"].decode()
        return list(csv.DictReader(io.StringIO(text)))


SURE = {"label": "a", "confidence": 0.9, "probabilities": {"a": 0.9, "b": 0.05, "c": 0.05}}
UNSURE = {"label": "b", "confidence": 0.4, "probabilities": {"a": 0.3, "b": 0.4, "c": 0.3}}


def test_of_several_classes_the_likeliest_ones_probability_is_the_confidence() -> None:
    file = File(table("multiclass"), "f.csv", "x\n1\n2\n", Endpoint({"1": SURE, "2": UNSURE}))

    gated = file.through()

    assert file.table() == [
        {"row": "1", "label": "a", "confidence": "0.9"},
        {"row": "2", "label": "b", "confidence": "0.4"},
    ]
    (record,) = file.notifications.sent[0].fields["records"]
    assert record == {"row": 2, "instance": {"x": "2"}, **UNSURE}
    assert gated.doubtful == 1


def test_nothing_of_a_regression_is_doubtful() -> None:
    file = File(table("regression"), "f.csv", "x\n1\n", Endpoint({"1": {"value": 3.5}}))

    gated = file.through()

    assert file.table() == [{"row": "1", "value": "3.5"}]
    assert (gated.doubtful, gated.review, file.notifications.sent) == (0, None, [])


def test_json_lines_keep_their_types_and_bad_lines_are_put_aside() -> None:
    lines = [
        '{"x": 1}',
        "",
        '{"x": "much"}',
        "[1]",
        '{"x": NaN}',
        "{",
        '{"x": 1, "z": 2}',
        "{}",
        '{"x": 2, "y": "a"}',
    ]
    file = File(table("multiclass"), "f.jsonl", "\n".join(lines), Endpoint({1: SURE, 2: SURE}))

    gated = file.through()

    assert [row["row"] for row in file.table()] == ["1", "8"]
    assert gated.quarantined == 6
    reasons = [row["reason"] for row in file.table(f"quarantine/shop/{file.run.run}/rows.csv")]
    assert reasons[0] == "x: 'much' is not a number"
    assert reasons[4] == "'z': is not a column of the contract; known are x"
    assert reasons[5] == "x: is missing; send null for a value that is not known"


def test_a_date_that_cannot_be_read_costs_its_row_before_the_endpoint_is_asked() -> None:
    contract = table(
        "multiclass",
        columns={"x": {"type": "date", "format": "%d-%m-%Y"}, "y": "category"},
        transform={"columns": {"x": {"parts": ["month"]}}},
    )
    file = File(contract, "f.csv", "x\n31-01-2011\n31-02-2011\n", Endpoint({"31-01-2011": SURE}))

    gated = file.through()

    assert (gated.rows, gated.quarantined, file.endpoint.requests) == (1, 1, [1])
    (aside,) = file.table(f"quarantine/shop/{file.run.run}/rows.csv")
    assert aside["reason"] == "x: '31-02-2011' is not a date (%d-%m-%Y)"


@pytest.mark.parametrize("name", ["f.parquet", "f"])
def test_a_form_that_inference_does_not_read_is_refused_by_name(name: str) -> None:
    file = File(table("multiclass", reader={"format": "parquet"}), name, "PAR1", Endpoint({}))

    with pytest.raises(Refused, match="CSV and JSON lines, not parquet"):
        file.through()


def test_a_record_that_only_the_endpoint_finds_bad_costs_that_record() -> None:
    body = "x\n" + "\n".join(str(number) for number in range(100))
    answers = {str(number): SURE for number in range(100)}
    file = File(table("multiclass"), "f.csv", body, Endpoint(answers, bad="37"))

    gated = file.through()

    assert (gated.rows, gated.quarantined) == (99, 1)
    assert [row["row"] for row in file.table()] == [str(n) for n in range(1, 101) if n != 38]
    (unanswered,) = file.table(f"quarantine/shop/{file.run.run}/unanswered.csv")
    assert unanswered == {
        "row": "38",
        "reason": "endpoint dropforge-shop refused the records: record 1 is bad",
        "record": '{"x": "37"}',
    }


def test_an_endpoint_that_refuses_everything_is_not_asked_about_every_record() -> None:
    file = File(table("multiclass"), "f.csv", "x\n" + "5\n" * 500, Endpoint({}, bad="5"))

    with pytest.raises(Refused, match="record 1 is bad"):
        file.through()
    assert len(file.endpoint.requests) < 10 * asking.MOST_REFUSED


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def asked(body: bytes) -> str:
    return base64.b64encode(body).decode()


def test_an_archive_of_pictures_is_predicted_and_people_are_told_of_the_doubtful_ones() -> None:
    files = {"trip/b.jpg": JPEG, "trip/a.png": PNG, "notes.txt": b"holiday", "__MACOSX/._a.png": b"\0"}
    endpoint = Endpoint({asked(PNG): SURE, asked(JPEG): UNSURE})
    file = File(pictures(), "holiday.zip", zipped(files), endpoint)

    gated = file.through()

    assert file.table() == [
        {"row": "2", "file": "trip/a.png", "label": "a", "confidence": "0.9"},
        {"row": "3", "file": "trip/b.jpg", "label": "b", "confidence": "0.4"},
    ]
    (notification,) = file.notifications.sent
    assert notification.fields["records"] == [{"row": 3, "file": "trip/b.jpg", **UNSURE}]
    assert notification.fields["input"].endswith("/inference/shop/holiday.zip")
    assert gated.quarantined == 1
    (aside,) = file.table(f"quarantine/shop/{file.run.run}/rows.csv")
    assert aside == {
        "row": "1",
        "reason": "the picture is not a PNG, JPEG, BMP, GIF or WEBP",
        "file": "notes.txt",
    }


def test_a_picture_alone_is_predicted() -> None:
    file = File(pictures(), "bike.png", PNG + b"...", Endpoint({asked(PNG + b"..."): SURE}))

    assert file.through().rows == 1
    assert file.table()[0]["file"] == "bike.png"


def test_a_picture_that_cannot_be_decoded_costs_that_picture() -> None:
    files = {f"{number}.png": PNG + bytes([number]) for number in range(9)}
    answers = {asked(body): SURE for body in files.values()}
    file = File(pictures(), "p.zip", zipped(files), Endpoint(answers, bad=asked(files["4.png"])))

    gated = file.through()

    assert (gated.rows, gated.quarantined) == (8, 1)
    (unanswered,) = file.table(f"quarantine/shop/{file.run.run}/unanswered.csv")
    assert (unanswered["row"], unanswered["record"]) == ("5", "4.png")


def test_pictures_are_cut_by_what_a_request_can_hold() -> None:
    files = {f"{number}.png": PNG + bytes([number]) * 1_500_000 for number in range(4)}
    files["huge.png"] = PNG + b"\0" * 3_200_000
    endpoint = Endpoint({asked(body): SURE for body in files.values()})
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    gated = File(pictures(), "p.zip", stored.getvalue(), endpoint).through()

    assert endpoint.requests == [2, 2]
    assert gated.quarantined == 1


REFUSED = {
    "a text": (b"hello", "neither a .zip of pictures nor"),
    "half an archive": (zipped({"a.png": PNG})[:-30], "not a .zip that can be read"),
    "a name that climbs": (zipped({"../a.png": PNG}), "a name that leaves the archive"),
    "a bomb": (zipped({"a.png": PNG + bytes(30_000_000)}), "more than pictures can be"),
    "nothing in it": (zipped({}), "0 records"),
    "no picture in it": (zipped({"a.txt": b"hello"}), "none of the 1 records can be predicted"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_archive_that_cannot_be_read_is_refused_with_its_fault(case: str) -> None:
    body, words = REFUSED[case]

    with pytest.raises(Refused, match=words):
        File(pictures(), "p.zip", body, Endpoint({})).through()


def test_an_archive_of_which_nothing_can_be_decoded_is_refused() -> None:
    file = File(pictures(), "p.zip", zipped({"a.png": PNG}), Endpoint({}, bad=asked(PNG)))

    with pytest.raises(
        Refused, match="none of the 1 records can be predicted: endpoint dropforge-shop refused"
    ):
        file.through()

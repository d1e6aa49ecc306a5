"""A file of records: refused, or cut, predicted and gated so that every row is accounted for."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from dropforge.actions.cutter import BATCH_ROWS
from dropforge.actions.gate_confidence import gate_confidence
from dropforge.actions.predict_batch import predict_batch
from dropforge.actions.prepare_batch import prepare_batch
from dropforge.actions.results import Gated, Started
from dropforge.actions.start_inference import start_inference
from dropforge.domain.contract import contract_to_json
from dropforge.domain.errors import Refused
from dropforge.domain.notifications import LARGEST
from dropforge.domain.reading.faults import BadRow
from dropforge.domain.reading.records import JsonRecords
from dropforge.domain.run import InferenceRun, Served
from dropforge.edge.tasks import inference_run
from dropforge.ports import Endpoint, LiveModel
from tests.unit.actions.fakes import (
    COLUMNS,
    STACK,
    FakeEndpoints,
    FakeExecutions,
    FakeNotifications,
    FakeObjects,
    FakePredictor,
    created,
    loan_contract,
)

KEY = "inference/loan/may applicants.csv"
HEADER = "Age,Income,Education"


def by_age(instances: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sure of the old, unsure of those under 30."""
    return [
        {"label": "1", "probability": 0.9, "confidence": 0.9 if int(i["Age"]) >= 30 else 0.6}
        for i in instances
    ]


class File:
    def __init__(self, body: bytes | str, **contract: Any) -> None:
        raw = body.encode() if isinstance(body, str) else body
        self.contract = loan_contract(**contract)
        self.objects = FakeObjects(**{KEY: raw}).in_force(self.contract)
        self.notifications = FakeNotifications()
        self.predictor = FakePredictor(by_age)
        served = Served("arn:package/1", self.contract.problem, "contracts/loan/published.json")
        self.run = InferenceRun.of(created(KEY), self.contract, None, STACK, served)

    def through(self) -> Gated:
        prepared = prepare_batch(self.run, objects=self.objects)
        for batch in range(prepared.batches):
            predict_batch(self.run, batch, objects=self.objects, predictor=self.predictor)
        return gate_confidence(
            self.run,
            prepared.batches,
            prepared.quarantined,
            objects=self.objects,
            notifications=self.notifications,
        )

    def predictions(self) -> list[dict[str, str]]:
        text = self.objects.files[f"{self.run.prefix}/predictions.csv"].decode()
        return list(csv.DictReader(io.StringIO(text)))


def rows(count: int, age: int = 40) -> str:
    return "\n".join([HEADER, *[f"{age},50.5,1" for _ in range(count)]]) + "\n"


def test_every_row_is_predicted_in_the_files_order() -> None:
    file = File(rows(BATCH_ROWS * 2 + 7))

    gated = file.through()

    assert gated.rows == BATCH_ROWS * 2 + 7
    assert [row["row"] for row in file.predictions()] == [str(n) for n in range(1, gated.rows + 1)]
    assert len(file.predictor.asked) == 3


def test_the_doubtful_records_and_no_others_are_put_to_people_in_one_message() -> None:
    file = File(HEADER + "\n40,1,1\n20,2,2\n50,3,3\n25,4,1\n")

    gated = file.through()

    (notification,) = file.notifications.sent
    assert notification.kind == "low_confidence"
    assert [record["row"] for record in notification.fields["records"]] == [2, 4]
    assert notification.fields["records"][0]["instance"] == {"Age": "20", "Income": "2", "Education": "2"}
    assert (
        notification.fields["rows"],
        notification.fields["doubtful"],
        notification.fields["threshold"],
    ) == (4, 2, 0.8)
    assert gated.review is not None
    assert file.run.review in file.objects.files


def test_with_nothing_doubtful_nobody_is_bothered() -> None:
    file = File(rows(3))

    assert file.through().review is None
    assert file.notifications.sent == []


def test_a_message_too_large_for_sns_is_cut_and_says_where_all_of_it_is() -> None:
    file = File(rows(4000, age=20))

    file.through()

    document = json.loads(file.notifications.sent[0].body)
    assert document["truncated"] is True
    assert len(file.notifications.sent[0].body) <= LARGEST
    assert 0 < len(document["records"]) < 4000
    assert document["doubtful"] == 4000
    assert len(json.loads(file.objects.files[file.run.review])["records"]) == 4000


def test_a_row_that_cannot_be_read_costs_that_row_and_is_kept_with_its_reason() -> None:
    file = File(HEADER + "\n40,1,1\nold,2,2\n50,3\n60,4,1\n")

    gated = file.through()

    assert (gated.rows, gated.quarantined) == (2, 2)
    assert [row["row"] for row in file.predictions()] == ["1", "4"]
    text = file.objects.files[f"quarantine/loan/{file.run.run}/rows.csv"].decode()
    assert "Age: 'old' is not a number" in text
    assert "has 2 cells, not 3" in text


def test_numbers_with_a_decimal_comma_reach_the_endpoint_with_a_point() -> None:
    """And a row that cannot be read keeps the cells that it came with."""
    body = "Age;Income;Education\n40;1.234,5;1\n41;1.5;2\n42,5;1;2\n43;;3\n"
    file = File(body, reader={"delimiter": ";", "decimal": ","})

    gated = file.through()

    assert (gated.rows, gated.quarantined) == (2, 2)
    sent = file.objects.files[f"{file.run.prefix}/parts/00000.jsonl"].decode().splitlines()
    assert [json.loads(line)["instance"] for line in sent] == [
        {"Age": "40", "Income": "1234.5", "Education": "1"},
        {"Age": "43", "Income": None, "Education": "3"},
    ]
    text = file.objects.files[f"quarantine/loan/{file.run.run}/rows.csv"].decode()
    assert "Income: '1.5' is not a number" in text
    assert "Age: '42,5' is not a whole number" in text


def test_a_file_without_quotes_is_read_by_a_contract_that_has_none() -> None:
    file = File(f'{HEADER}\n40,50.5,"1"\n"41",1,1\n', reader={"quote": ""})

    gated = file.through()

    assert (gated.rows, gated.quarantined) == (1, 1)
    sent = file.objects.files[f"{file.run.prefix}/parts/00000.jsonl"].decode()
    assert json.loads(sent)["instance"] == {"Age": "40", "Income": "50.5", "Education": '"1"'}


def test_only_the_spaces_that_the_server_strips_are_stripped_from_a_null_marker() -> None:
    """An em space is part of the value, here as there."""
    file = File(HEADER + "\n40,1, NA \n41,1,\u2003NA\n", reader={"nulls": ["NA"]})

    file.through()

    sent = file.objects.files[f"{file.run.prefix}/parts/00000.jsonl"].decode().splitlines()
    assert [json.loads(line)["instance"]["Education"] for line in sent] == [None, "\u2003NA"]


def test_quotes_that_make_no_sense_cost_their_row() -> None:
    file = File(HEADER + '\n40,1,"1"2\n41,1,"1"\n')

    gated = file.through()

    assert (gated.rows, gated.quarantined) == (1, 1)
    assert [row["row"] for row in file.predictions()] == ["2"]


def test_json_lines_have_a_point_whatever_a_csv_has() -> None:
    line = b'{"Age": 40, "Income": "50.5", "Education": 1}'
    contract = loan_contract(reader={"delimiter": ";", "decimal": ","})
    records = JsonRecords(io.BytesIO(line), contract)
    assert [records.record(row) for row in records] == [{"Age": 40, "Income": "50.5", "Education": 1}]


def test_spaces_that_json_does_not_know_are_a_fault_of_a_line_as_they_are_at_the_server() -> None:
    record = '{"Age": 40, "Income": 1, "Education": 1}'
    lines = f" {record}\t\n\u2003{record}\n\xa0{record}\n".encode()
    records = JsonRecords(io.BytesIO(lines), loan_contract())
    sound, *broken = list(records)
    assert records.record(sound)["Age"] == 40
    for row in broken:
        with pytest.raises(BadRow):
            records.record(row)


def test_dropped_columns_and_the_target_may_be_in_the_file() -> None:
    file = File("ID,Age,Income,Education,Personal Loan\n1,40,2,3,0\n")

    assert file.through().rows == 1


def test_a_byte_order_mark_and_windows_line_ends_are_not_a_fault() -> None:
    file = File(b"\xef\xbb\xbf" + rows(2).replace("\n", "\r\n").encode())

    assert file.through().rows == 2


REFUSED: dict[str, tuple[bytes | str, list[str]]] = {
    "no header": (b"", ["no header"]),
    "a header alone": (HEADER + "\n", ["0 records"]),
    "another delimiter": (rows(2).replace(",", ";"), ["';'", "','"]),
    "missing columns": ("Age,Education\n1,2\n", ["lacks 'Income'"]),
    "unknown columns": (HEADER + ",Shoe size\n1,2,3,4\n", ["'Shoe size'"]),
    "a column twice": ("Age,Age,Income,Education\n1,1,2,3\n", ["'Age'", "more than once"]),
    "no row that can be read": (HEADER + "\nx,y,z\n", ["none of the 1", "'x'"]),
    "far too many bad rows": (HEADER + "\n" + "x,y,z\n" * 10_001, ["more than 10000", "'x'"]),
    "not text": (bytes(range(128, 256)), ["utf-8"]),
    "an open quote": (HEADER + '\n"40,1,1\n', ["line 2", "never closed"]),
    "a NUL": (HEADER + "\n40,\0,1\n", ["line 2", "NUL"]),
    "an endless line": (HEADER + "\n" + "4" * 2**21, ["line 2 is longer than"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_cannot_be_predicted_is_refused_with_its_rule(case: str) -> None:
    body, parts = REFUSED[case]

    with pytest.raises(Refused) as refused:
        File(body).through()

    for part in parts:
        assert part in refused.value.reason


def test_a_file_that_is_gone_is_refused() -> None:
    file = File(rows(1))
    del file.objects.files[KEY]

    with pytest.raises(Refused, match="deleted"):
        file.through()


def test_fewer_answers_than_records_are_refused_not_misplaced() -> None:
    file = File(rows(3))
    file.predictor = FakePredictor(lambda instances: by_age(instances)[1:])

    with pytest.raises(Refused, match="3 records with 2"):
        file.through()


def start(
    file: File, endpoints: FakeEndpoints, key: str = KEY, size: int = 100
) -> tuple[Started, dict[str, Any]]:
    executions = FakeExecutions()
    answer = start_inference(
        created(key, size), objects=file.objects, executions=executions, endpoints=endpoints, stack=STACK
    )
    assert isinstance(answer, Started)
    return answer, dict(executions.started[answer.run])


def test_a_file_for_a_live_model_starts_its_execution() -> None:
    answer, document = start(File(rows(1)), FakeEndpoints(Endpoint("dropforge-loan", "InService", "c")))

    assert answer.status == "started"
    assert document["prefix"].startswith("predictions/loan/may-applicants-")
    assert document["threshold"] == 0.8


@pytest.mark.parametrize(
    ("endpoints", "word"),
    [(FakeEndpoints(), "approve"), (FakeEndpoints(Endpoint("dropforge-loan", "Creating", "c")), "Creating")],
)
def test_before_a_model_is_live_the_file_is_refused_with_what_to_do(
    endpoints: FakeEndpoints, word: str
) -> None:
    answer, document = start(File(rows(1)), endpoints)

    assert word in (answer.reason or "")
    assert document["refusal"] == answer.reason


def live(run: str | None) -> FakeEndpoints:
    model = LiveModel("arn:package/1", 1, "s3://b/model.tar.gz", run)
    return FakeEndpoints(Endpoint("dropforge-loan", "InService", "c"), live=model)


def test_records_are_read_by_the_contract_that_the_live_model_was_trained_by() -> None:
    """Not by the one in force, whose new column the live model has never seen."""
    file = File(rows(1))
    own = loan_contract(confidence=0.1)
    pinned = "runs/loan/loan-0123456789abcdef/contract.json"
    file.objects.files[pinned] = contract_to_json(own).encode()
    columns = {**COLUMNS, "Shoe size": "number"}
    file.objects.in_force(loan_contract(columns=columns, confidence=0.9))

    _, document = start(file, live("loan-0123456789abcdef"))
    run = inference_run(document)

    assert (run.contract, run.model, run.problem) == (pinned, "arn:package/1", "binary")
    assert run.threshold == 0.9
    assert prepare_batch(run, objects=file.objects).rows == 1


@pytest.mark.parametrize("run", [None, "loan-0123456789abcdef"])
def test_without_a_contract_of_its_own_the_one_in_force_holds(run: str | None) -> None:
    """For a model from elsewhere, or one whose run has been tidied away."""
    _, document = start(File(rows(1)), live(run))

    assert document["contract"] == "contracts/loan/published.json"


def test_a_contract_that_went_away_in_between_refuses_the_file() -> None:
    file = File(rows(1))
    del file.objects.files["contracts/loan/published.json"]

    with pytest.raises(Refused, match="not at contracts/loan"):
        file.through()


def test_a_bad_key_is_refused_for_what_it_is_and_not_for_the_endpoint() -> None:
    answer, _ = start(File(rows(1)), FakeEndpoints(), key="inference/loan/../x.csv")

    assert "'..'" in (answer.reason or "")

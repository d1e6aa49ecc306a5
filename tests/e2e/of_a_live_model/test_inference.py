"""Predictions: one at a time through the endpoint, many through a file in S3."""

from __future__ import annotations

import csv
import io
import json

import pytest

from localcloud.tests.patience import eventually
from tests.e2e.laptop import Laptop, loan_contract, loan_rows, without_target

pytestmark = pytest.mark.e2e


def test_500_rows_give_500_predictions_and_one_message_with_exactly_the_doubtful(
    laptop: Laptop, live_loan: str
) -> None:
    laptop.put(f"inference/{live_loan}/may applicants.csv", without_target(loan_rows(500, seed=9)))

    message = laptop.notified("low_confidence", live_loan)[0]
    predictions = list(
        csv.DictReader(io.StringIO(laptop.read(message["predictions"].split(f"{laptop.bucket}/")[1])))
    )

    assert len(predictions) == 500
    doubtful = [row for row in predictions if float(row["confidence"]) < message["threshold"]]
    assert 0 < len(doubtful) < 500
    assert [str(record["row"]) for record in message["records"]] == [row["row"] for row in doubtful]
    assert message["rows"] == 500
    assert message["doubtful"] == len(doubtful)
    assert len(laptop.notified("low_confidence", live_loan)) == 1


def test_the_endpoint_answers_json_json_lines_and_csv_alike(laptop: Laptop, live_loan: str) -> None:
    text = without_target(loan_rows(3, seed=3))
    records = list(csv.DictReader(io.StringIO(text)))
    bodies = {
        "application/json": json.dumps({"instances": records}),
        "application/jsonlines": "\n".join(json.dumps(record) for record in records),
        "text/csv": text,
    }

    answers = {kind: _invoke(laptop, live_loan, body, kind) for kind, body in bodies.items()}

    as_json = [round(p["probability"], 6) for p in json.loads(answers["application/json"])["predictions"]]
    as_lines = [
        round(json.loads(line)["probability"], 6) for line in answers["application/jsonlines"].splitlines()
    ]
    as_csv = [round(float(line.split(",")[1]), 6) for line in answers["text/csv"].splitlines()]
    assert as_json == as_lines == as_csv


def test_requests_and_answers_are_captured_in_s3(laptop: Laptop, live_loan: str) -> None:
    body = without_target(loan_rows(1, seed=4))
    _invoke(laptop, live_loan, body, "text/csv")

    def captured() -> list[str]:
        keys = laptop.keys(f"capture/{laptop.stack}-{live_loan}/AllTraffic/")
        return [
            line for key in keys for line in laptop.read(key).splitlines() if body.splitlines()[1] in line
        ]

    record = json.loads(eventually(captured, "the capture")[0])["captureData"]
    assert record["endpointInput"]["encoding"] == "CSV"
    assert record["endpointOutput"]["mode"] == "OUTPUT"


def test_inference_before_any_model_is_live_is_refused_with_what_to_do(laptop: Laptop) -> None:
    laptop.put("contracts/not-live/contract.yaml", loan_contract("not-live"))
    laptop.notified("contract_published", "not-live")
    laptop.put("inference/not-live/early.csv", without_target(loan_rows(5)))

    assert "approve" in laptop.notified("inference_refused", "not-live")[0]["message"]


def _invoke(laptop: Laptop, usecase: str, body: str, kind: str) -> str:
    answer = laptop.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=f"{laptop.stack}-{usecase}", Body=body, ContentType=kind, Accept=kind
    )
    return str(answer["Body"].read().decode())

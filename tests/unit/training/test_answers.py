"""0 differing answers: a drop's rows as training sees them, as batches and as callers send them.

Each of 20,000 rows a problem, with gaps, unknown categories and every odd spelling of a value, is read by
processing and put through the graphs in large batches; and is sent to the server's own application as the
inference state machine sends it, as CSV and as JSON lines.
"""

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from dropforge.domain.contract import Contract
from dropforge.domain.reading.records import CsvRecords
from tests.unit.training.learning import COLUMNS, Job, contract_of, rows_of
from training.features import Features
from training.model.graphs import open_graph, open_model
from training.model.labels import Labels
from training.process.tables import read_table
from training.quarantine import Quarantine
from training.serve.application import Application
from training.train.rows import Transformed

ROWS, BATCH = 20_000, 2_500
CASES = [
    ("binary", "xgboost"),
    ("binary", "logistic"),
    ("multiclass", "random_forest"),
    ("regression", "xgboost"),
    ("regression", "linear"),
]
TRANSFORM = {
    "scale": "standard",
    "columns": {
        "day": {"parts": ["year", "month", "weekday", "hour", "dayofyear"]},
        "age": {"bin": {"quantiles": 5}},
        "shape": {"encode": "dummies_but_first"},
    },
}


def cells(problem: str) -> list[list[str]]:
    """The rows as a spreadsheet may have saved them."""
    draw = np.random.default_rng(5)
    frame = rows_of(problem, ROWS, seed=9).with_row_index("row")
    return [_spelled(row, draw) for row in frame.iter_rows(named=True)]


def _spelled(row: dict[str, Any], draw: np.random.Generator) -> list[str]:
    size = row["size"]
    numbers = [
        "?" if size is None else draw.choice([repr(size), f" {size:.3f}", f"{size:e}", f"+{abs(size)}"])
    ]
    age = row["age"]
    numbers.append("" if age is None else draw.choice([str(int(age)), f"{age:.1f}", f" {age:.0f} "]))
    day = row["day"] or "?"
    words = [row["colour"] or draw.choice(["", "?"]), row["shape"] or "?"]
    words = [
        draw.choice([word, f"{word}.0" if word.isdigit() else word, word.upper() if word == "true" else word])
        for word in words
    ]
    if draw.random() < 0.01:
        words[0] = "a colour that training never saw"
    return [
        str(row["row"]),
        *map(str, numbers),
        draw.choice([day, day[:10], f" {day}"]),
        *map(str, words),
        str(row["y"]),
    ]


def as_csv(header: list[str], rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue().encode()


def asked(application: Application, body: bytes, kind: str) -> list[dict[str, Any]]:
    said: list[str] = []
    environ = {
        "PATH_INFO": "/invocations",
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": kind,
        "HTTP_ACCEPT": "application/jsonlines",
        "wsgi.input": io.BytesIO(body),
    }
    answer = b"".join(application(environ, lambda status, _: said.append(status)))
    assert said == ["200 OK"], answer[:500]
    return [json.loads(line) for line in answer.splitlines()]


def answers(
    predictions: list[dict[str, Any]], contract: Contract, classes: tuple[str, ...]
) -> np.ndarray[Any, Any]:
    if contract.problem == "binary":
        return np.array([prediction["probability"] for prediction in predictions])
    if contract.problem == "multiclass":
        return np.array(
            [[prediction["probabilities"][name] for name in classes] for prediction in predictions]
        )
    return np.array([prediction["value"] for prediction in predictions])


@pytest.mark.slow
@pytest.mark.parametrize(("problem", "name"), CASES)
def test_no_answer_differs(problem: str, name: str, tmp_path: Path) -> None:
    contract = contract_of(
        problem,
        algorithm={"name": name},
        transform=TRANSFORM,
        reader={"nulls": ["", "?"]},
        drop={"row": "counts"},
    )
    rows, header = cells(problem), ["row", *COLUMNS, "y"]
    (tmp_path / "drop.csv").write_bytes(as_csv(header, rows))
    with Quarantine(tmp_path) as quarantine:
        typed = read_table(tmp_path / "drop.csv", contract, quarantine).values
    assert not quarantine.reasons
    assert typed.height == ROWS
    frame = typed.with_columns(pl.selectors.categorical().cast(pl.String))
    job = Job(tmp_path, contract)
    known = frame.filter(~pl.col("colour").str.starts_with("a colour"))
    job.give(known[:3000], known[3000:4000])
    assert job.run(**({"rounds": 50} if name == "xgboost" else {})) == 0, job.failure
    predictor = job.predictor()
    scores = predictor.scores_of(frame)

    _same_matrix(job, contract, frame, tmp_path, scores)
    application = Application(predictor)
    index = predictor.labels.positive_index
    expected = scores.ravel() if problem == "regression" else scores if index is None else scores[:, index]
    for sent in (_batched(contract, header, rows, application), _sent_as_csv(header, rows, application)):
        found = answers(sent, contract, predictor.labels.classes)
        assert int((found.astype(np.float32) != expected).sum()) == 0


def _same_matrix(job: Job, contract: Contract, frame: pl.DataFrame, folder: Path, scores: Any) -> None:
    """As the training job makes it, batch by batch from a file."""
    frame.write_parquet(folder / "rows.parquet")
    transform = open_graph(job.model / "transform.onnx", 0)
    labels = Labels.read(job.model / "labels.json")
    made = Transformed(Features(contract), transform, "y", labels.classes)
    matrix = made.matrix(folder / "rows.parquet", folder / "matrix").whole()
    again = open_model(job.model / "model.onnx").run(None, {"features": matrix})[0]
    assert int((again != scores).sum()) == 0


def _batched(
    contract: Contract, header: list[str], rows: list[list[str]], application: Application
) -> list[dict[str, Any]]:
    """As the inference state machine reads a file and asks the endpoint."""
    given = CsvRecords(io.BytesIO(as_csv(header, rows)), contract)
    records = [json.dumps(given.record(row)) for row in given]
    found: list[dict[str, Any]] = []
    for start in range(0, ROWS, BATCH):
        lines = records[start : start + BATCH]
        found += asked(application, "\n".join(lines).encode(), "application/jsonlines")
    return found


def _sent_as_csv(header: list[str], rows: list[list[str]], application: Application) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for start in range(0, ROWS, BATCH):
        body = as_csv(header[:-1], [row[:-1] for row in rows[start : start + BATCH]])
        found += asked(application, body, "text/csv; header=present")
    return found


def test_a_record_alone_is_answered_as_among_others(tmp_path: Path) -> None:
    contract = contract_of("binary", transform=TRANSFORM)
    job = Job(tmp_path, contract)
    frame = rows_of("binary", 800)
    job.give(frame[:600], frame[600:])
    assert job.run() == 0, job.failure
    predictor = job.predictor()
    records = frame.drop("y").to_dicts()
    together = predictor.predict(records, ["record"] * len(records))
    assert together == [predictor.predict([record], ["record"])[0] for record in records]

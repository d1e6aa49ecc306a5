"""Over 20,000 rows of each use case, what training saw, what a batch is answered and what a caller is
answered are the same, to the last bit: 0 differing rows."""

from __future__ import annotations

import csv
import importlib
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import polars.selectors as of_type
import pytest

from dropforge.actions.prepare_batch import prepare_batch
from dropforge.domain.run import InferenceRun, Served
from dropforge.edge.contract_yaml import load_contract
from tests.unit.actions.fakes import STACK, FakeObjects, created
from tests.unit.training.container import REPOSITORY, Container
from tests.unit.training.pictures import archive, picture
from training.features import Features
from training.model.graphs import open_graph
from training.model.predictor import Predictor
from training.process.pictures import read_pictures
from training.process.report import Report
from training.process.tables import read_table
from training.quarantine import Quarantine
from training.serve.application import Application

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from dropforge.domain.contract import Contract

ROWS, LEARNED_FROM = 20_000, 2_000
SHAPES = {"automobile": "rings", "bicycle": "stripes", "motorcycle": "blots"}
JSON, LINES, CSV = "application/json", "application/jsonlines", "text/csv"
AT_ONCE = 2_000


def contract_of(usecase: str) -> Contract:
    return load_contract((REPOSITORY / "usecases" / usecase / "contract.yaml").read_text("utf-8"))


def made_up(usecase: str, rows: int, seed: int) -> bytes:
    out = io.StringIO(newline="")
    importlib.import_module(f"usecases.{usecase}.generate").TABLE.write(out, rows, seed)
    return out.getvalue().encode()


def many_pictures(rows: int, seed: int, labelled: bool) -> bytes:
    """Drawn faster than the use case's own generator draws them."""
    names = list(SHAPES)
    return archive(
        {
            (f"{names[number % 3]}/" if labelled else "") + f"{number:05}.png": picture(
                SHAPES[names[number % 3]], seed=seed + number
            )
            for number in range(rows)
        }
    )


def model_of(usecase: str, drop: bytes, name: str, base: Path) -> Container:
    container = Container(base, contract_of(usecase))
    report = container.process(drop, name)
    assert report["status"] == "accepted", report["reason"]
    assert container.train() == 0, container.said("failure")
    return container


def cut(contract: Contract, name: str, body: bytes) -> list[dict[str, Any]]:
    """The records that the inference state machine puts to the endpoint."""
    key = f"inference/{contract.usecase}/{name}"
    objects = FakeObjects(**{key: body}).in_force(contract)
    served = Served("", contract.problem, f"contracts/{contract.usecase}/published.json")
    run = InferenceRun.of(created(key), contract, None, STACK, served)
    prepared = prepare_batch(run, objects=objects)
    assert prepared.quarantined == 0
    parts = [f"{run.prefix}/parts/{batch:05}.jsonl" for batch in range(prepared.batches)]
    return [json.loads(line)["instance"] for part in parts for line in objects.files[part].splitlines()]


class Endpoint:
    def __init__(self, predictor: Predictor) -> None:
        self._application = Application(predictor)

    def ask(self, body: bytes, kind: str) -> list[dict[str, Any]]:
        statuses: list[str] = []
        environ: dict[str, Any] = {"PATH_INFO": "/invocations", "REQUEST_METHOD": "POST"}
        environ |= {"CONTENT_TYPE": kind, "HTTP_ACCEPT": LINES, "wsgi.input": io.BytesIO(body)}
        answer = b"".join(self._application(environ, lambda status, _: statuses.append(status)))
        assert statuses == ["200 OK"], answer[:500]
        return [json.loads(line) for line in answer.splitlines()]

    def all(self, bodies: Iterator[bytes], kind: str) -> list[dict[str, Any]]:
        return [answer for body in bodies for answer in self.ask(body, kind)]


def in_json(records: Sequence[dict[str, Any]], at_once: int = AT_ONCE) -> Iterator[bytes]:
    for start in range(0, len(records), at_once):
        yield json.dumps({"instances": records[start : start + at_once]}).encode()


def in_csv(records: Sequence[dict[str, Any]]) -> Iterator[bytes]:
    for start in range(0, len(records), AT_ONCE):
        out = io.StringIO(newline="")
        table = csv.DictWriter(out, list(records[0]))
        table.writeheader()
        table.writerows(records[start : start + AT_ONCE])
        yield out.getvalue().encode()


def figures(predictor: Predictor, answers: Sequence[dict[str, Any]]) -> NDArray[np.float64]:
    """What the answers say, as a column of numbers a class."""
    if predictor.contract.problem == "regression":
        return np.array([[answer["value"]] for answer in answers])
    if predictor.contract.problem == "binary":
        return np.array([[answer["probability"]] for answer in answers])
    return np.array([list(answer["probabilities"].values()) for answer in answers])


def trained_on(predictor: Predictor, rows: pl.DataFrame) -> NDArray[np.float64]:
    """The same of the typed rows, by the evaluation's way."""
    scores = predictor.scores_of(rows)
    if predictor.contract.problem == "binary":
        positive = predictor.labels.positive_index
        assert positive is not None
        return scores[:, [positive]].astype(np.float64)
    return scores.astype(np.float64)


def differing(one: NDArray[Any], other: NDArray[Any]) -> int:
    assert one.shape == other.shape
    return int((one != other).any(axis=1).sum())


def compiled(container: Container, rows: pl.DataFrame) -> NDArray[np.float32]:
    """The matrix as the training job made it."""
    graph = open_graph(container.base / "processing/output/transform/transform.onnx", threads=0)
    matrix: NDArray[np.float32] = graph.run(None, Features(container.contract).from_frame(rows))[0]
    return matrix


def typed(values: pl.DataFrame) -> pl.DataFrame:
    """As the parts' files hold them."""
    return values.with_columns(of_type.categorical().cast(pl.String))


@pytest.mark.parametrize("usecase", ["loan", "fraud", "bank", "bike"])
def test_no_answer_differs_between_training_batch_and_server(usecase: str, tmp_path: Path) -> None:
    rows = LEARNED_FROM if usecase != "bike" else 730
    container = model_of(usecase, made_up(usecase, rows, seed=1), "drop.csv", tmp_path)
    predictor, drop = Predictor(container.base / "model"), tmp_path / "other.csv"
    drop.write_bytes(made_up(usecase, ROWS, seed=2))
    with Quarantine(tmp_path / "aside") as quarantine:
        read = typed(read_table(drop, container.contract, quarantine).values)
        assert dict(quarantine.reasons) == {}
    records = cut(container.contract, "other.csv", drop.read_bytes())
    assert len(records) == len(read) == ROWS

    origins = [f"record {number}" for number in range(ROWS)]
    assert differing(predictor.matrix(records, origins), compiled(container, read)) == 0
    expected, endpoint = trained_on(predictor, read), Endpoint(predictor)
    assert differing(figures(predictor, endpoint.all(in_json(records), JSON)), expected) == 0
    assert differing(figures(predictor, endpoint.all(in_csv(records), CSV)), expected) == 0


@pytest.mark.thorough
def test_no_answer_differs_for_pictures(tmp_path: Path) -> None:
    container = model_of("images", many_pictures(600, 0, labelled=True), "drop.zip", tmp_path)
    predictor, drop = Predictor(container.base / "model"), tmp_path / "others"
    drop.mkdir()
    (drop / "drop.zip").write_bytes(many_pictures(ROWS, 10_000, labelled=True))
    with Quarantine(tmp_path / "aside") as quarantine:
        read = typed(read_pictures(drop, container.contract, quarantine, Report("images", "run")).values)
        assert dict(quarantine.reasons) == {}
    records = cut(container.contract, "drop.zip", (drop / "drop.zip").read_bytes())
    assert len(records) == len(read) == ROWS

    answers = Endpoint(predictor).all(in_json(records, at_once=200), JSON)
    assert differing(figures(predictor, answers), trained_on(predictor, read)) == 0

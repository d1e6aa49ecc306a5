"""What training saw and what the endpoint sees of the same cell are the same, by whichever road it comes."""

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dropforge.domain.contract import parse_contract
from tests.unit.training.container import Container
from tests.unit.training.small import part
from training.errors import BadRecord
from training.features import Features
from training.model.graphs import open_graph
from training.model.predictor import Predictor
from training.process.tables import read_table
from training.quarantine import Quarantine
from training.serve.requests import csv_records

CONTRACT = parse_contract(
    {
        "usecase": "any",
        "problem": "binary",
        "target": "y",
        "columns": {"n": "number", "i": "integer", "c": "category", "y": "category"},
        "reader": {"nulls": ["", "?", "NA"]},
    }
)
numbers = st.one_of(
    st.floats().map(repr), st.integers().map(str), st.from_regex(r"[-+]?[0-9]{1,3}\.?0*", fullmatch=True)
)
words = st.text("01.-+eE?NAtTrueFALSE _\xa0\tä", max_size=8)


def processed(cells: list[str], folder: Path) -> tuple[list[Any], bool]:
    """The typed values of one row, or nothing and True where the row is bad."""
    drop = folder / "drop.csv"
    with drop.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([("n", "i", "c", "y"), [*cells, "1"]])
    with Quarantine(folder) as quarantine:
        values = read_table(drop, CONTRACT, quarantine).values
    return list(values.select("n", "i", "c").fill_null(float("nan")).rows()), bool(quarantine.reasons)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(numbers, words), st.one_of(numbers, words), st.one_of(words, numbers))
@example("3e38", "1e400", "1.0")
@example("3.1e38", "-0", "+1.00")
@example("1_0", "0x1", "True")
@example("nan", "inf", " NA ")
@example(".5", "5.", "İ")
def test_a_cell_is_read_alike_in_processing_and_in_a_request(tmp_path: Path, n: str, i: str, c: str) -> None:
    rows, bad = processed([n, i, c], tmp_path)
    try:
        feed = Features(CONTRACT).arrays([{"n": n, "i": i, "c": c}], ["record 1"])
    except BadRecord:
        assert bad
        return
    assert not bad
    expected = pl.Series(rows[0][:2], dtype=pl.Float32).to_numpy()
    np.testing.assert_array_equal(feed["numbers"][0], expected)
    assert feed["values_0"][feed["codes_0"]][0] == (rows[0][2] or "")


def test_no_row_of_the_matrices_differs_from_what_the_endpoint_makes_of_it(trained: Container) -> None:
    """Every test row, through the processing job's graph call and through the predictor: 0 differing rows."""
    output = trained.base / "processing" / "output"
    predictor = Predictor(trained.base / "model")
    frame = part(trained, "test")
    text = io.StringIO(frame.write_csv())
    origins, records = zip(*csv_records(text, trained.contract, header=True), strict=True)
    served = predictor.matrix(records, origins)
    feed = Features(trained.contract).from_frame(frame)
    compiled = open_graph(output / "transform" / "transform.onnx", threads=0).run(None, feed)[0]
    assert len(served) > 200
    assert int((served != compiled).any(axis=1).sum()) == 0

"""What is done otherwise where there are many rows: the model is the same."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks.pipeline_data import CONTRACT, write_table
from dropforge.domain.contract import contract_to_json, parse_contract
from tests.unit.training.container import Another, Container, loan_csv
from training.train import rows
from training.train.algorithms import xgboost_train

TABLE = parse_contract(CONTRACT)


@pytest.mark.parametrize("kept", [xgboost_train, rows], ids=["bins", "matrix"])
def test_what_is_kept_in_files_gives_the_same_model(
    monkeypatch: pytest.MonkeyPatch, container: Container, another: Another, kept: ModuleType
) -> None:
    twin = another(container.contract)
    for held, made in ((kept.HELD, container), (0, twin)):
        monkeypatch.setattr(kept, "HELD", held)
        made.process(loan_csv(1500))
        assert made.train(rounds="20") == 0, made.said("failure")
    assert twin.content("model/model.onnx") == container.content("model/model.onnx")


def test_watching_a_sample_of_the_rows_changes_no_tree(
    monkeypatch: pytest.MonkeyPatch,
    container: Container,
    another: Another,
    capsys: pytest.CaptureFixture[str],
) -> None:
    twin = another(container.contract)
    for watched, made in ((xgboost_train.WATCHED, container), (100, twin)):
        monkeypatch.setattr(xgboost_train, "WATCHED", watched)
        made.process(loan_csv(1500))
        assert made.train(rounds="20") == 0, made.said("failure")
        assert "[0] train-auc:" in capsys.readouterr().out
    assert twin.content("model/model.onnx") == container.content("model/model.onnx")


def test_the_same_drop_gives_the_same_model_and_verdict(container: Container, another: Another) -> None:
    """To the byte: each file of the model, its manifest of digests, and what evaluation writes."""
    made = [container, another(container.contract)]
    for each in made:
        each.process(loan_csv(1500))
        assert each.train() == 0, each.said("failure")
        assert each.evaluate() == 0, each.said("message")
    first, second = (each.files("model") for each in made)
    assert json.loads(first["manifest.json"]) == json.loads(second["manifest.json"])
    assert first == second
    first, second = (each.files("processing/output") for each in made)
    assert [name for name in first if first[name] != second.get(name)] == []


def test_however_many_threads_there_are_processing_writes_the_same_bytes(tmp_path: Path) -> None:
    """Over blocks of the file and groups of rows, some of them bad or twice there."""
    bodies = []
    write_table(tmp_path / "drop.csv", 150_000)
    lines = (tmp_path / "drop.csv").read_bytes().splitlines(keepends=True)
    drop = b"".join([*lines, *lines[1:500], b"x" + lines[7], b'"1"' + lines[9]])
    for threads in ("1", "4"):
        base = tmp_path / threads
        for name, body in (
            ("contract/contract.json", contract_to_json(TABLE).encode()),
            ("drop/drop.csv", drop),
        ):
            target = base / "processing" / "input" / name
            target.parent.mkdir(parents=True)
            target.write_bytes(body)
        path = os.pathsep.join(sys.path)
        given = {"SAGEMAKER_BASE_DIR": str(base), "POLARS_MAX_THREADS": threads, "PYTHONPATH": path}
        subprocess.run([sys.executable, "-m", "training", "process"], env=os.environ | given, check=True)
        output = base / "processing" / "output"
        files = sorted(file for file in output.rglob("*") if file.is_file())
        bodies.append({file.relative_to(output).as_posix(): file.read_bytes() for file in files})
    assert json.loads(bodies[0]["report/report.json"])["rows"]["duplicates"] == 499
    assert [name for name, body in bodies[0].items() if bodies[1].get(name) != body] == []

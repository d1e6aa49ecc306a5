"""The evaluation reports what the endpoint would answer, and trusts nothing that it unpacks."""

import io
import json
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from dropforge.domain.contract import Gate
from tests.unit.training.container import Container, environment, loan_csv
from training.errors import JobError
from training.model.archive import unpack
from training.model.manifest import check_manifest, write_manifest

METRICS = {
    *("confusion_matrix", "recall", "precision", "accuracy", "auc", "f0_5", "f1", "f2"),
    *("recall_best_constant_classifier", "precision_best_constant_classifier"),
    *("accuracy_best_constant_classifier", "true_positive_rate", "true_negative_rate"),
    *("false_positive_rate", "false_negative_rate", "receiver_operating_characteristic_curve"),
    "precision_recall_curve",
}


def test_the_report_has_the_registrys_own_form(trained: Container) -> None:
    evaluation = trained.output("evaluation/evaluation.json")
    metrics = evaluation["binary_classification_metrics"]
    assert evaluation["version"] == 0.0
    assert set(metrics) == METRICS
    assert metrics["auc"]["value"] > 0.97
    assert 0 < metrics["auc"]["standard_deviation"] < 0.05
    matrix = metrics["confusion_matrix"]
    assert sum(sum(row.values()) for row in matrix.values()) == evaluation["dataset"]["item_count"]
    assert trained.output("evaluation/confusion.json") == matrix
    curve = metrics["receiver_operating_characteristic_curve"]
    assert len(curve["true_positive_rates"]) == len(curve["false_positive_rates"]) <= 200


def test_the_verdict_names_each_metric_value_and_limit(trained: Container) -> None:
    verdict = trained.output("evaluation/verdict.json")
    assert verdict["passed"] is True
    assert [rule["metric"] for rule in verdict["rules"]] == ["accuracy", "auc"]
    assert verdict["metrics"]["auc"] == verdict["rules"][1]["value"]


def test_a_gate_out_of_reach_is_a_finished_job_whose_verdict_says_so(container: Container) -> None:
    container.contract = replace(container.contract, gate=Gate({"auc": 1.0, "f1": 1.0}))
    container.process(_noisy())
    container.train(rounds="5")
    assert container.evaluate() == 0
    verdict = container.output("evaluation/verdict.json")
    assert verdict["passed"] is False
    assert verdict["sentence"].startswith("auc is 0.")
    assert "below the gate of 1.0000; f1 is 0." in verdict["sentence"]


def test_the_live_model_is_asked_about_the_same_rows(container: Container, trained: Container) -> None:
    _copy(trained, container)
    _be_champion(trained, container)
    with environment(CHAMPION_VERSION="3"):
        assert container.evaluate() == 0, container.said("message")
    verdict = container.output("evaluation/verdict.json")
    compared = verdict["champion"]["comparison"]
    assert compared["champion"] == "version 3"
    assert compared["metric"] == "auc"
    assert (compared["value"], compared["low"], compared["high"]) == (compared["champion_value"], 0, 0)
    assert f"on the same {compared['rows']} rows version 3 reached auc" in verdict["sentence"]
    assert verdict["standing"] == "not worse"


def test_a_broken_champion_is_told_and_fails_nothing(container: Container, trained: Container) -> None:
    _copy(trained, container)
    _be_champion(trained, container).write_bytes(b"no archive")
    assert container.evaluate() == 0, container.said("message")
    verdict = container.output("evaluation/verdict.json")
    assert verdict["passed"] is True
    assert "not comparable: the live version cannot be asked" in verdict["champion"]["why_not"]
    assert "not comparable" in container.content("processing/output/evaluation/evaluation.html").decode()


def test_the_same_model_on_the_same_rows_has_the_same_verdict_and_page(
    container: Container, trained: Container
) -> None:
    _copy(trained, container)
    assert container.evaluate() == 0
    assert container.files("processing/output/evaluation") == trained.files("processing/output/evaluation")


def test_the_page_names_run_drop_contract_and_model(trained: Container) -> None:
    page = trained.content("processing/output/evaluation/evaluation.html").decode()
    for fact in (
        "loan-0123456789abcdef",
        "s3://b/k",
        "Contract (SHA-256)",
        "Model (SHA-256 of its manifest)",
    ):
        assert fact in page
    assert "What it looks at" in page


def test_test_rows_that_are_none_are_a_fault_that_says_so(container: Container, trained: Container) -> None:
    _copy(trained, container)
    file = container.base / "processing" / "output" / "test" / "rows.parquet"
    pl.read_parquet(file).clear().write_parquet(file)
    assert container.evaluate() == 1
    assert "the test part has no rows" in container.said("message")


def _copy(trained: Container, container: Container) -> None:
    for part in ("processing/output/test", "model"):
        shutil.copytree(trained.base / part, container.base / part)


def _be_champion(trained: Container, container: Container) -> Path:
    folder = container.base / "processing" / "input" / "champion"
    folder.mkdir(parents=True)
    return shutil.copyfile(
        trained.base / "processing" / "input" / "model" / "model.tar.gz", folder / "model.tar.gz"
    )


def test_a_model_of_another_contract_is_a_fault(container: Container) -> None:
    container.process(loan_csv(300))
    container.train(rounds="2")
    assert container.evaluate(replace(container.contract, confidence=0.1)) == 1
    assert "trained by another contract" in container.said("message")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda model: (model / "model.onnx").write_bytes(b""), "model.onnx does not match its SHA-256"),
        (lambda model: (model / "labels.json").unlink(), "labels.json is missing"),
        (lambda model: (model / "extra.pkl").write_bytes(b""), "extra.pkl is not in the manifest"),
        (lambda model: (model / "manifest.json").unlink(), "the model has no manifest.json"),
        (lambda model: (model / "manifest.json").write_text("[]"), "manifest.json cannot be read"),
        (lambda model: (model / "manifest.json").write_text('{"sha256": []}'), "names no files"),
    ],
)
def test_a_model_that_was_changed_is_refused(
    change: Callable[[Path], object], said: str, tmp_path: Path
) -> None:
    for name in ("model.onnx", "labels.json"):
        (tmp_path / name).write_text(name)
    write_manifest(tmp_path)
    check_manifest(tmp_path)
    change(tmp_path)
    with pytest.raises(JobError, match=said):
        check_manifest(tmp_path)


def _member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, link
        tar.addfile(info)
    return out.getvalue()


@pytest.mark.parametrize(
    "archive",
    [
        _member("../outside"),
        _member("link", tarfile.SYMTYPE, "/etc/passwd"),
        _member("hard", tarfile.LNKTYPE, "../outside"),
        _member("pipe", tarfile.FIFOTYPE),
        b"",
        b"no archive",
        _member("cut short")[:20],
    ],
)
def test_an_archive_that_reaches_outside_or_is_broken_is_refused(archive: bytes, tmp_path: Path) -> None:
    file = tmp_path / "model.tar.gz"
    file.write_bytes(archive)
    with pytest.raises(JobError, match=r"model\.tar\.gz cannot be unpacked|neither a file nor a folder"):
        unpack(file, tmp_path / "inside")
    assert not (tmp_path / "outside").exists()


def test_an_archive_of_endless_files_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "model.tar.gz"
    with tarfile.open(file, "w:gz") as tar:
        for number in range(101):
            tar.addfile(tarfile.TarInfo(str(number)))
    with pytest.raises(JobError, match="larger than 100 files"):
        unpack(file, tmp_path / "inside")


def _noisy() -> bytes:
    """Loans that nothing in the row explains: every third one taken."""
    lines = loan_csv(600).decode().splitlines()
    rows = [line.split(",") for line in lines[1:]]
    taken = [[*row[:9], str(int(n % 3 == 0)), *row[10:]] for n, row in enumerate(rows)]
    return "\n".join([lines[0], *(",".join(row) for row in taken)]).encode()


def test_figures_are_json_that_any_reader_takes(trained: Container) -> None:
    for name in ("evaluation.json", "verdict.json", "confusion.json", "slices.json"):
        json.loads(trained.content(f"processing/output/evaluation/{name}"), parse_constant=pytest.fail)


def test_the_page_of_a_tuned_model_tells_what_the_best_trial_was_trained_with(
    container: Container, trained: Container
) -> None:
    _copy(trained, container)
    trials = [
        {"objective": 0.8, "parameters": {"max_depth": "2", "eta": "0.25"}},
        {"objective": 0.9, "parameters": {"max_depth": "3", "eta": "0.08604539780520847"}, "best": True},
    ]
    tuning = container.base / "processing" / "input" / "tuning"
    tuning.mkdir(parents=True)
    (tuning / "trials.json").write_text(json.dumps({"metric": "validation:auc", "trials": trials}))
    assert container.evaluate() == 0, container.said("message")
    page = container.content("processing/output/evaluation/evaluation.html").decode()
    assert "max_depth 3, eta 0.08605, min_child_weight 1" in page

"""Every algorithm on every problem that it solves: learned, compiled, checked, and the same twice."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import polars as pl
import pytest

from dropforge.domain.contract.algorithms import ALGORITHMS, SOLVES
from tests.unit.training.learning import Job, contract_of, learned, rows_of
from training.errors import JobError
from training.model.graphs import ROWS_AT_ONCE, open_graph
from training.train.algorithms import MODULES
from training.train.check import check_graph
from training.train.figures import figures
from training.train.rows import Matrix
from training.train.trees import below

PAIRS = [
    (name, problem)
    for name in ALGORITHMS
    for problem in ("binary", "multiclass", "regression")
    if name != "script" and problem in SOLVES[name]
]
GOOD_ENOUGH = {"binary": ("auc", 0.9), "multiclass": ("accuracy", 0.6), "regression": ("r2", 0.5)}


@pytest.mark.parametrize(("name", "problem"), PAIRS)
def test_it_learns_and_its_graph_answers_as_it_does(name: str, problem: str, tmp_path: Path) -> None:
    job = learned(tmp_path, contract_of(problem, algorithm={"name": name}))
    facts = job.document("training.json")
    metric, least = GOOD_ENOUGH[problem]
    assert facts["metrics"][metric] >= least
    assert facts["measured_on"] == "validation"
    model = onnx.load(job.model / "model.onnx")
    onnx.checker.check_model(model)
    assert [entry.name for entry in model.graph.input] == ["features"]
    assert [entry.name for entry in model.graph.output] == [
        "values" if problem == "regression" else "probabilities"
    ]


@pytest.mark.parametrize(("name", "problem"), PAIRS)
def test_the_same_rows_give_the_same_model(name: str, problem: str, tmp_path: Path) -> None:
    one, two = (
        learned(tmp_path / folder, contract_of(problem, algorithm={"name": name}))
        for folder in ("one", "two")
    )
    assert (one.model / "manifest.json").read_bytes() == (two.model / "manifest.json").read_bytes()


@pytest.mark.parametrize(("name", "problem"), PAIRS)
def test_probabilities_add_up_and_importance_has_a_figure_a_column(
    name: str, problem: str, tmp_path: Path
) -> None:
    job = learned(tmp_path, contract_of(problem, algorithm={"name": name}))
    scores = job.predictor().scores_of(rows_of(problem, 100, seed=2))
    if problem != "regression":
        np.testing.assert_allclose(scores.sum(axis=1), 1, atol=1e-5)
    importance = job.document("importance.json")
    assert sorted(entry["name"] for entry in importance) == sorted(job.document("names.json"))
    values = [entry["importance"] for entry in importance]
    assert values == sorted(values, reverse=True)
    assert sum(values) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("name", ["xgboost", "random_forest"])
def test_the_model_does_not_depend_on_how_many_cores_there_are(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for cores in (1, 3):
        monkeypatch.setattr("training.train.job.cores", lambda cores=cores: cores)
        job = learned(tmp_path / str(cores), contract_of("binary", algorithm={"name": name}), rows=3000)
        found.append((job.model / "manifest.json").read_bytes())
    assert found[0] == found[1]


def test_a_graph_that_answers_otherwise_is_not_kept(tmp_path: Path) -> None:
    job = learned(tmp_path, contract_of("binary"), rounds=3)
    matrix = Matrix(tmp_path / "matrix", len(job.document("names.json")), np.zeros(5000))
    np.zeros((5000, matrix.width), np.float32).tofile(matrix.file)
    model = open_graph(job.model / "model.onnx", 1)

    def otherwise(rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        answers: np.ndarray[Any, Any] = model.run(None, {"features": rows})[0]
        return answers + (1e-3 if len(rows) < ROWS_AT_ONCE else 0)

    with pytest.raises(
        JobError, match=r"differs from the trained one by 0\.001, more than 1e-05; it is not kept"
    ):
        check_graph(model, otherwise, matrix)


def test_each_algorithm_of_the_contract_has_its_module() -> None:
    assert set(MODULES) == set(ALGORITHMS)


@pytest.mark.parametrize("name", ["xgboost", "decision_tree", "random_forest", "logistic", "svm"])
def test_balanced_weights_find_more_of_a_rare_class(name: str, tmp_path: Path) -> None:
    frame = rows_of("binary", 3000)
    rare = pl.concat([frame.filter(pl.col("y") == "0"), frame.filter(pl.col("y") == "1")[:60]])
    rare = rare.sample(fraction=1, shuffle=True, seed=1)
    found = {}
    for weight in ("none", "balanced"):
        job = Job(tmp_path / weight, contract_of("binary", algorithm={"name": name}))
        job.give(rare[:1000], rare[1000:])
        assert job.run(class_weight=weight) == 0, job.failure
        said = job.predictor().scores_of(rare[1000:])[:, 1] >= 0.5
        found[weight] = int((said & (rare[1000:]["y"] == "1").to_numpy()).sum())
    assert found["balanced"] > found["none"]


@pytest.mark.parametrize(
    ("problem", "metrics"),
    [
        ("binary", {"accuracy", "auc", "f1", "logloss"}),
        ("multiclass", {"accuracy", "f1", "logloss"}),
        ("regression", {"rmse", "mae", "r2"}),
    ],
)
def test_the_last_lines_of_the_log_hold_the_figures_that_tuning_compares(
    problem: str, metrics: set[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = learned(tmp_path, contract_of(problem), rounds=5)
    out = capsys.readouterr().out
    said = {metric: re.findall(rf"validation-{metric}:([-0-9.e+]+)", out)[-1] for metric in metrics}
    assert {name: float(value) for name, value in said.items()} == pytest.approx(
        job.document("training.json")["metrics"], abs=1e-6
    )


def test_without_validation_rows_the_figures_are_of_the_training_rows_and_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contract = contract_of(
        "binary", algorithm={"name": "logistic"}, split={"train": 0.7, "validation": 0, "test": 0.3}
    )
    job = learned(tmp_path, contract, validation=0)
    out = capsys.readouterr().out
    assert "train-auc:" in out
    assert "validation-" not in out
    assert job.document("training.json")["measured_on"] == "train"


def test_early_stopping_keeps_the_best_round(tmp_path: Path) -> None:
    job = learned(tmp_path, contract_of("binary"), rounds=400, early_stopping=5, eta=0.5)
    assert job.document("training.json")["rounds"] < 100


def test_a_tree_can_be_no_deeper_than_asked(tmp_path: Path) -> None:
    job = learned(tmp_path, contract_of("binary", algorithm={"name": "decision_tree"}), max_depth=2)
    assert job.document("training.json")["depth"] == 2
    assert job.document("training.json")["leaves"] <= 4


def test_svm_refuses_more_rows_than_it_can_learn_from(tmp_path: Path) -> None:
    job = Job(tmp_path, contract_of("binary", algorithm={"name": "svm"}))
    frame = rows_of("binary", 20_050)
    job.give(frame[:20_001], frame[20_001:])
    assert job.run() == 1
    assert job.failure.startswith("svm learns from at most 20000 rows, and the training part has 20001")


@pytest.mark.parametrize("name", ["decision_tree", "random_forest", "xgboost"])
@pytest.mark.parametrize("problem", ["binary", "regression"])
def test_no_answer_flips_at_a_trees_threshold(name: str, problem: str, tmp_path: Path) -> None:
    """Rows that lie exactly on, just below and just above every threshold of the trees."""
    job = learned(tmp_path, contract_of(problem, algorithm={"name": name}), **_small(name))
    model = open_graph(job.model / "model.onnx", 1)
    trees = next(n for n in onnx.load(job.model / "model.onnx").graph.node if n.op_type.startswith("Tree"))
    values = {a.name: onnx.helper.get_attribute_value(a) for a in trees.attribute}
    cuts = [
        (feature, np.float32(cut))
        for feature, cut, mode in zip(
            values["nodes_featureids"], values["nodes_values"], values["nodes_modes"], strict=True
        )
        if mode != b"LEAF"
    ]
    width = len(job.document("names.json"))
    row = np.zeros((len(cuts), width), np.float32)
    for index, (feature, cut) in enumerate(cuts):
        row[index, feature] = cut
    under, over = row.copy(), row.copy()
    for index, (feature, cut) in enumerate(cuts):
        under[index, feature] = np.nextafter(cut, np.float32(-np.inf))
        over[index, feature] = np.nextafter(cut, np.float32(np.inf))
    rule = values["nodes_modes"][0]
    answers = {
        name: model.run(None, {"features": rows})[0]
        for name, rows in (("at", row), ("under", under), ("over", over))
    }
    same = "over" if rule == b"BRANCH_LT" else "under"
    assert np.mean(answers["at"] == answers[same]) > 0.5


def _small(name: str) -> dict[str, Any]:
    return {"xgboost": {"rounds": 10}, "random_forest": {"trees": 10}}.get(name, {})


def test_a_64_bit_threshold_becomes_the_32_bit_one_that_asks_the_same() -> None:
    draw = np.random.default_rng(0)
    cuts = draw.normal(size=1000)
    rows = np.concatenate([cuts.astype(np.float32), np.nextafter(cuts.astype(np.float32), np.float32(9))])
    for cut, single in zip(cuts, below(cuts), strict=True):
        np.testing.assert_array_equal(rows.astype(np.float64) <= cut, rows <= single)


def test_figures_are_scikit_learns() -> None:
    from sklearn import metrics

    draw = np.random.default_rng(0)
    labels = draw.integers(0, 2, 500).astype(float)
    scores = np.round(np.clip(labels * 0.3 + draw.random(500) * 0.7, 0.01, 0.99), 2)
    found = figures(labels, np.column_stack([1 - scores, scores]), 1)
    said = scores >= 0.5
    assert found["auc"] == pytest.approx(metrics.roc_auc_score(labels, scores))
    assert found["f1"] == pytest.approx(metrics.f1_score(labels, said))
    assert found["logloss"] == pytest.approx(metrics.log_loss(labels, scores))
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(labels, said))
    shares = draw.dirichlet(np.ones(3), 500)
    truth = draw.integers(0, 3, 500).astype(float)
    found = figures(truth, shares, None)
    assert found["f1"] == pytest.approx(metrics.f1_score(truth, shares.argmax(axis=1), average="weighted"))
    values = draw.normal(size=500)
    found = figures(values, (values + draw.normal(size=500))[:, None], None)
    assert set(found) == {"rmse", "mae", "r2"}


def test_the_log_never_holds_what_is_not_a_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    learned(tmp_path, contract_of("regression"), rounds=2)
    assert "nan" not in capsys.readouterr().out
    assert json.loads((tmp_path / "model" / "training.json").read_text())["rounds"] == 2

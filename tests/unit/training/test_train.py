"""The matrices become a model folder: data and graphs with a manifest, the same bytes for the same drop."""

import json

import onnx
import pytest

from tests.unit.training.container import Another, Container, loan_csv
from training.model.manifest import MANIFEST, check_manifest


def test_a_models_folder_holds_its_contract_graphs_labels_and_baselines(trained: Container) -> None:
    check_manifest(trained.base / "model")
    files = trained.files("model")
    assert sorted(files) == [
        "constraints.json",
        "contract.json",
        "importance.json",
        "labels.json",
        "manifest.json",
        "model.onnx",
        "names.json",
        "statistics.json",
        "training.json",
        "transform.onnx",
    ]
    assert json.loads(files["labels.json"]) == {"classes": ["0", "1"], "positive": "1"}
    assert set(json.loads(files[MANIFEST])["sha256"]) == set(files) - {MANIFEST}


def test_a_model_holds_nothing_executable(trained: Container) -> None:
    """JSON and ONNX graphs of standard operators: no pickle, no code, no operator of anybody's own."""
    for name, body in trained.files("model").items():
        if name.endswith(".json"):
            json.loads(body)
        else:
            graph = onnx.load_from_string(body)
            onnx.checker.check_model(graph)
            assert {node.domain for node in graph.graph.node} <= {"", "ai.onnx.ml"}


def test_the_same_drop_gives_the_same_model(trained: Container, another: Another) -> None:
    twin = another(trained.contract)
    twin.process(loan_csv(2000, bad=20))
    assert twin.train() == 0
    assert twin.files("model") == trained.files("model")


def test_each_round_is_a_line_that_metric_expressions_can_read(
    container: Container, capsys: pytest.CaptureFixture[str]
) -> None:
    container.process(loan_csv(400))
    container.train(rounds="3")
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("[")]
    assert [line.split()[0] for line in lines] == ["[0]", "[1]", "[2]"]
    assert "validation-auc:0." in lines[2] or "validation-auc:1." in lines[2]


def test_hyperparameters_of_the_job_override_the_contracts(container: Container) -> None:
    container.process(loan_csv(400))
    assert container.train(max_depth="1", rounds='"2"', _tuning_objective_metric="validation:auc") == 0
    graph = onnx.load_from_string(container.content("model/model.onnx"))
    trees = next(item for item in graph.graph.node[0].attribute if item.name == "nodes_treeids").ints
    assert len(set(trees)) == 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"max_dept": "6"}, "hyperparameter 'max_dept' is not known to xgboost; did you mean 'max_depth'?"),
        ({"max_depth": "0"}, "hyperparameter max_depth: 0.0 is not between 1 and 20"),
        ({"max_depth": "2.5"}, "hyperparameter max_depth: 2.5 is not a whole number"),
        ({"eta": "fast"}, "hyperparameter eta: 'fast' is not a number"),
        ({"eta": "nan"}, "hyperparameter eta: nan is not a finite number"),
        ({"eta": None}, "hyperparameter eta: nothing is not a number"),
    ],
)
def test_a_wrong_hyperparameter_fails_the_job_with_a_sentence(
    given: dict[str, str], said: str, container: Container
) -> None:
    container.process(loan_csv(300))
    assert container.train(**given) == 1
    assert container.said("failure") == said


def test_a_missing_channel_fails_the_job_with_a_sentence(container: Container) -> None:
    assert container.run("train") == 1
    assert "holds 0 files that match *.json, and should hold 1" in container.said("failure")


def test_missing_values_are_learned_from_and_answered(another: Another, trained: Container) -> None:
    body = loan_csv(1000).decode().splitlines()
    gaps = [line if n % 7 else _without(line, 3) for n, line in enumerate(body)]
    container = another(trained.contract)
    report = container.process("\n".join(gaps).encode())
    assert report["columns"]["Income"]["missing"] == 142
    assert container.train() == 0
    assert container.evaluate() == 0


def _without(line: str, index: int) -> str:
    cells = line.split(",")
    return ",".join([*cells[:index], "", *cells[index + 1 :]]) if cells[0] != "ID" else line

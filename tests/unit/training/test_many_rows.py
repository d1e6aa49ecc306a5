"""What is done otherwise where there are many rows: the model is the same."""

import json

import pytest

from tests.unit.training.container import Another, Container, loan_csv
from training.train.algorithms import boosting


def test_bins_that_are_kept_in_files_give_the_same_model(
    monkeypatch: pytest.MonkeyPatch, container: Container, another: Another
) -> None:
    for held, made in ((boosting.HELD, container), (0, another(container.contract))):
        monkeypatch.setattr(boosting, "HELD", held)
        made.process(loan_csv(1500))
        assert made.train(rounds="20") == 0, made.said("failure")
    twin = another(container.contract)
    assert twin.content("model/model.onnx") == container.content("model/model.onnx")


def test_watching_a_sample_of_the_training_rows_changes_no_tree(
    monkeypatch: pytest.MonkeyPatch,
    container: Container,
    another: Another,
    capsys: pytest.CaptureFixture[str],
) -> None:
    twin = another(container.contract)
    for watched, made in ((boosting.WATCHED, container), (100, twin)):
        monkeypatch.setattr(boosting, "WATCHED", watched)
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

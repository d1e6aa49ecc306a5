"""The figures are right: held to scikit-learn's own, and to counting."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from training.evaluate.metrics import Confusion, report, values_of
from training.model.labels import Labels

LABELS = Labels(("no", "yes"), "yes")
answers = st.lists(st.tuples(st.booleans(), st.floats(0, 1, width=16)), min_size=2, max_size=60).filter(
    lambda pairs: len({truth for truth, _ in pairs}) == 2
)


@settings(max_examples=40, deadline=None)
@given(answers)
def test_every_figure_agrees_with_scikit_learn(pairs: list[tuple[bool, float]]) -> None:
    truth = np.array([truth for truth, _ in pairs])
    scores = np.array([score for _, score in pairs])
    said = scores >= 0.5
    found = values_of(report(truth, scores, LABELS))
    assert found["accuracy"] == pytest.approx(reference.accuracy_score(truth, said))
    assert found["precision"] == pytest.approx(reference.precision_score(truth, said, zero_division=0))
    assert found["recall"] == pytest.approx(reference.recall_score(truth, said, zero_division=0))
    assert found["auc"] == pytest.approx(reference.roc_auc_score(truth, scores))
    for name, beta in (("f0_5", 0.5), ("f1", 1), ("f2", 2)):
        assert found[name] == pytest.approx(reference.fbeta_score(truth, said, beta=beta, zero_division=0))


def test_the_confusion_matrix_has_the_actual_class_outside() -> None:
    truth, scores = np.array([True, True, False, False, False]), np.array([0.9, 0.1, 0.8, 0.2, 0.3])
    matrix = report(truth, scores, LABELS)["binary_classification_metrics"]["confusion_matrix"]
    assert matrix == {"no": {"no": 2, "yes": 1}, "yes": {"no": 1, "yes": 1}}


def test_few_rows_have_no_standard_deviation() -> None:
    truth, scores = np.array([True, False] * 50), np.linspace(0, 1, 100)
    leaf = report(truth, scores, LABELS)["binary_classification_metrics"]["accuracy"]
    assert leaf["standard_deviation"] == "NaN"


def test_the_standard_deviation_is_that_of_a_share() -> None:
    truth = np.array([True, False] * 500)
    scores = np.where(np.arange(1000) % 10 < 8, truth, ~truth).astype(float)
    leaf = report(truth, scores, LABELS)["binary_classification_metrics"]["accuracy"]
    assert leaf["value"] == pytest.approx(0.8)
    assert leaf["standard_deviation"] == pytest.approx((0.8 * 0.2 / 1000) ** 0.5, rel=0.1)


def test_the_best_constant_answer_is_the_more_frequent_class() -> None:
    assert Confusion(1, 2, 3, 9).constant() == Confusion(0, 0, 4, 11)
    assert Confusion(5, 2, 3, 1).constant() == Confusion(8, 3, 0, 0)

"""The figures are right: held to scikit-learn's own, and to counting."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from dropforge.domain.contract.metrics import MEASURED
from tests.unit.training.evaluate.answered import many, two, values
from training.evaluate.measures import measure_of
from training.evaluate.predictions import Classified, Predictions, Valued

BETAS = (("0_5", 0.5), ("1", 1), ("2", 2))


def figures(predictions: Predictions, weights: list[int] | None = None) -> dict[str, float]:
    rows = np.arange(len(predictions))
    given_weights = np.ones((1, len(rows))) if weights is None else np.array([weights], dtype=float)
    return {name: float(found[0]) for name, found in measure_of(predictions)(rows, given_weights).items()}


def classified(truth: list[int], scores: np.ndarray) -> Classified:
    positive = None if scores.shape[1] > 2 else 1
    names = tuple(str(index) for index in range(scores.shape[1]))
    return Classified(names, positive, np.array(truth), scores)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.integers(1, 999).map(lambda part: part / 1000)),
        min_size=2,
        max_size=60,
    ).filter(lambda pairs: len({truth for truth, _ in pairs}) == 2)
)
def test_of_two_classes_every_figure_agrees_with_scikit_learn(pairs: list[tuple[int, float]]) -> None:
    truth, scores = [truth for truth, _ in pairs], np.array([score for _, score in pairs])
    said = scores >= 0.5
    found = figures(classified(truth, np.column_stack([1 - scores, scores])))
    assert found["accuracy"] == pytest.approx(reference.accuracy_score(truth, said))
    assert found["precision"] == pytest.approx(reference.precision_score(truth, said, zero_division=0))
    assert found["recall"] == pytest.approx(reference.recall_score(truth, said, zero_division=0))
    assert found["auc"] == pytest.approx(reference.roc_auc_score(truth, scores))
    assert found["logloss"] == pytest.approx(reference.log_loss(truth, scores))
    for name, beta in BETAS:
        expected = reference.fbeta_score(truth, said, beta=beta, zero_division=0)
        assert found[f"f{name}"] == pytest.approx(expected)


@settings(max_examples=25, deadline=None)
@given(st.integers(3, 6), st.integers(2, 80), st.integers(0, 10_000))
def test_of_many_classes_too(classes: int, rows: int, seed: int) -> None:
    predictions = many(rows, classes, seed)
    found, said = figures(predictions), predictions.said
    assert found["accuracy"] == pytest.approx(reference.accuracy_score(predictions.truth, said))
    options = {"average": "weighted", "zero_division": 0}
    assert found["weighted_recall"] == pytest.approx(
        reference.recall_score(predictions.truth, said, **options)
    )
    assert found["weighted_precision"] == pytest.approx(
        reference.precision_score(predictions.truth, said, **options)
    )
    for name, beta in BETAS:
        expected = reference.fbeta_score(predictions.truth, said, beta=beta, **options)
        assert found[f"weighted_f{name}"] == pytest.approx(expected)
    expected = reference.log_loss(predictions.truth, predictions.probabilities, labels=range(classes))
    assert found["logloss"] == pytest.approx(expected)


def test_of_values_too() -> None:
    predictions = values(50)
    found = figures(predictions)
    assert found["mae"] == pytest.approx(reference.mean_absolute_error(predictions.truth, predictions.values))
    assert found["mse"] == pytest.approx(reference.mean_squared_error(predictions.truth, predictions.values))
    assert found["rmse"] == pytest.approx(found["mse"] ** 0.5)
    assert found["r2"] == pytest.approx(reference.r2_score(predictions.truth, predictions.values))


def test_r2_of_large_values_keeps_its_digits() -> None:
    predictions = values(200)
    far = Valued(predictions.truth + 1e9, predictions.values + 1e9)
    assert figures(far)["r2"] == pytest.approx(figures(predictions)["r2"], abs=1e-6)


@pytest.mark.parametrize("predictions", [two(30), many(30), values(30)], ids=["two", "many", "values"])
def test_a_row_of_weight_three_counts_as_three_rows(predictions: Predictions) -> None:
    weights = [index % 4 for index in range(30)]
    copies = np.repeat(np.arange(30), weights)
    if isinstance(predictions, Valued):
        repeated: Predictions = Valued(predictions.truth[copies], predictions.values[copies])
    else:
        probabilities = predictions.probabilities[copies]
        repeated = Classified(
            predictions.classes, predictions.positive, predictions.truth[copies], probabilities
        )
    ours = figures(predictions, weights)
    for name, expected in figures(repeated).items():
        if name.endswith("constant_classifier"):
            continue  # which class is the constant answer is decided by the rows as they are
        assert ours[name] == pytest.approx(expected), name


def test_the_best_constant_answer_is_the_more_frequent_class() -> None:
    rare = classified([1, 0, 0, 0], np.full((4, 2), 0.5))
    often = classified([1, 1, 1, 0], np.full((4, 2), 0.5))
    assert figures(rare)["recall_best_constant_classifier"] == 0
    assert figures(rare)["accuracy_best_constant_classifier"] == 0.75
    assert figures(often)["recall_best_constant_classifier"] == 1
    assert figures(often)["precision_best_constant_classifier"] == 0.75


def test_what_has_no_value_is_not_a_number_and_no_fault() -> None:
    one_class = classified([1, 1], np.array([[0.2, 0.8], [0.4, 0.6]]))
    assert np.isnan(figures(one_class)["auc"])
    constant = Valued(np.ones(3), np.zeros(3))
    assert np.isnan(figures(constant)["r2"])


def test_from_one_half_on_the_answer_is_the_positive_class_whichever_place_it_has() -> None:
    scores = np.array([[0.5, 0.5], [0.51, 0.49], [0.49, 0.51]])
    for positive in (0, 1):
        said = Classified(("a", "b"), positive, np.zeros(3, dtype=np.int64), scores).said
        assert said.tolist() == ([0, 0, 1] if positive == 0 else [1, 0, 1])


@pytest.mark.parametrize(
    ("problem", "predictions"),
    [("binary", two()), ("multiclass", many()), ("image", many()), ("regression", values())],
)
def test_whatever_a_gate_may_name_is_measured(problem: str, predictions: Predictions) -> None:
    assert set(MEASURED[problem]) <= set(figures(predictions))

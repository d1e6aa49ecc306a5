"""evaluation.json is what the Model Registry reads, for each type of problem."""

import json

import numpy as np
from sklearn import metrics as reference

from tests.unit.training.evaluate.answered import many, two, values
from training.evaluate.curves import precision_recall_curve, roc_curve
from training.evaluate.figures import figures_of
from training.evaluate.measures import measure_of
from training.evaluate.predictions import Classified, Predictions
from training.evaluate.registry import registry_report

OF_MANY = ("weighted_recall", "weighted_precision", "accuracy", "weighted_f0_5", "weighted_f1", "weighted_f2")


def report(predictions: Predictions) -> dict[str, object]:
    document = registry_report(predictions, figures_of(measure_of(predictions), np.arange(len(predictions))))
    json.dumps(document, allow_nan=False)
    return document


def test_of_many_classes_it_has_the_registry_s_names_and_no_others() -> None:
    found = report(many())
    metrics = found["multiclass_classification_metrics"]
    expected = {*OF_MANY, *(f"{name}_best_constant_classifier" for name in OF_MANY), "confusion_matrix"}
    assert isinstance(metrics, dict)
    assert set(metrics) == expected
    assert set(metrics["accuracy"]) == {"value", "standard_deviation"}


def test_of_values_it_has_four_with_their_deviations() -> None:
    metrics = report(values())["regression_metrics"]
    assert isinstance(metrics, dict)
    assert set(metrics) == {"mae", "mse", "rmse", "r2"}
    assert all(leaf["standard_deviation"] > 0 for leaf in metrics.values())


def test_few_rows_have_no_standard_deviation() -> None:
    metrics = report(two(100))["binary_classification_metrics"]
    assert isinstance(metrics, dict)
    assert metrics["accuracy"]["standard_deviation"] == "NaN"


def test_the_confusion_matrix_has_the_actual_class_outside() -> None:
    scores = np.array([0.9, 0.1, 0.8, 0.2, 0.3])
    truth = np.array([1, 1, 0, 0, 0])
    predictions = Classified(("no", "yes"), 1, truth, np.column_stack([1 - scores, scores]))
    metrics = report(predictions)["binary_classification_metrics"]
    assert isinstance(metrics, dict)
    assert metrics["confusion_matrix"] == {"no": {"no": 2, "yes": 1}, "yes": {"no": 1, "yes": 1}}


def test_curves_have_at_most_200_points_and_both_ends() -> None:
    metrics = report(two(5000))["binary_classification_metrics"]
    assert isinstance(metrics, dict)
    curve = metrics["receiver_operating_characteristic_curve"]
    assert len(curve["true_positive_rates"]) == len(curve["false_positive_rates"]) <= 200
    assert (curve["true_positive_rates"][0], curve["true_positive_rates"][-1]) == (0, 1)


def test_rows_of_one_class_have_no_curves_and_no_auc_and_are_not_a_fault() -> None:
    predictions = Classified(("no", "yes"), 1, np.zeros(300, dtype=np.int64), np.full((300, 2), 0.5))
    metrics = report(predictions)["binary_classification_metrics"]
    assert isinstance(metrics, dict)
    assert "auc" not in metrics
    assert "receiver_operating_characteristic_curve" not in metrics


def test_the_curves_pass_through_scikit_learn_s_points() -> None:
    predictions = two(400)
    truth, score = predictions.truth == 1, predictions.probabilities[:, 1].round(2)
    false_rates, true_rates, _ = reference.roc_curve(truth, score, drop_intermediate=False)
    assert np.allclose(roc_curve(truth, score), (false_rates, true_rates))
    precisions, recalls, _ = reference.precision_recall_curve(truth, score)
    ours = precision_recall_curve(truth, score)
    assert np.allclose(ours, (precisions[::-1], recalls[::-1]))

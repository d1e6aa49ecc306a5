"""How good a classifier's probabilities are: curves and thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from training.evaluate.curves import precision_recall_curve, roc_curve
from training.evaluate.page.percent import quoted
from training.evaluate.predictions import Classified
from training.report import Block, figure, heading, plots, table
from training.report.text import number, percent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.evaluate.evaluation import Evaluation

BINS = 10
MOST_CURVES = 6
SURENESS = "On the dashed line 0.8 is right 8 times in 10; below it the model is too sure."
THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def of_two(predictions: Classified, found: Evaluation) -> list[Block]:
    positive = predictions.positive or 0
    name = quoted(predictions.classes[positive])
    tried = [("this model", predictions), *_rival(found)]
    pairs = [(label, a.truth == positive, a.probabilities[:, positive]) for label, a in tried]
    _, truth, score = pairs[0]
    if truth.all() or not truth.any():
        return []
    found_by = (
        f"How many of {name} it finds (up) against how many others it takes for it (right). Up and left is "
        "better; the dashed line is guessing."
    )
    return [
        heading("How well it tells them apart"),
        figure(_roc(pairs), found_by),
        figure(
            _precision_recall(pairs), f"The more of {name} it finds (right), the more flags are wrong (down)."
        ),
        figure(
            _scores(truth, score, predictions),
            "Its probabilities, by what was true. The less they overlap, the better.",
        ),
        heading("Can its probabilities be believed?"),
        figure(_calibration(truth, score), SURENESS),
        *_thresholds(truth, score, name),
    ]


def of_many(predictions: Classified) -> list[Block]:
    said = predictions.said
    surest = predictions.probabilities[np.arange(len(predictions)), said]
    svg = _calibration(predictions.truth == said, surest)
    blocks = [
        figure(
            svg, "How often it is right, by how sure it was. On the dashed line 0.8 is right 8 times in 10."
        )
    ]
    if len(predictions.classes) <= MOST_CURVES:
        one_by_one = [
            (name, predictions.truth == k, predictions.probabilities[:, k])
            for k, name in enumerate(predictions.classes)
        ]
        kept = [pair for pair in one_by_one if 0 < pair[1].sum() < len(predictions)]
        caption = "Each class against all others: how many it finds (up) against false alarms (right)."
        blocks = [figure(_roc(kept), caption), *blocks] if kept else blocks
    return [heading("How sure it is"), *blocks]


def _rival(found: Evaluation) -> list[tuple[str, Classified]]:
    rival = found.champion
    if rival is None or not isinstance(rival.predictions, Classified):
        return []
    return [(rival.name, rival.predictions)]


Pair = tuple[str, "NDArray[np.bool_]", "NDArray[np.float64]"]


def _roc(pairs: list[Pair]) -> str:
    series = [(name, *roc_curve(truth, score)) for name, truth, score in pairs]
    return plots.lines(series, "ROC curve", "false alarms", "found", diagonal=True, unit=True)


def _precision_recall(pairs: list[Pair]) -> str:
    series = []
    for name, truth, score in pairs:
        precision, recall = precision_recall_curve(truth, score)
        series.append((name, recall, precision))
    return plots.lines(
        series, "precision and recall", "found (recall)", "right when flagged (precision)", unit=True
    )


def _scores(truth: NDArray[np.bool_], score: NDArray[np.float64], predictions: Classified) -> str:
    edges = np.linspace(0, 1, 31)
    positive = predictions.positive or 0
    names = [predictions.classes[1 - positive], predictions.classes[positive]]
    counts = [np.histogram(score[part], edges)[0] for part in (~truth, truth)]
    shares = [count / max(int(count.sum()), 1) for count in counts]
    label = f"probability of {predictions.classes[positive]}"
    return plots.histogram(edges, shares, "probabilities by class", label, "share of the class", names)


def _calibration(truth: NDArray[np.bool_], score: NDArray[np.float64]) -> str:
    """In bins of as many rows each; equal scores are one bin."""
    edges: NDArray[np.float64] = np.unique(np.quantile(score, np.linspace(0, 1, BINS + 1)))
    bins = np.clip(np.searchsorted(edges, score, side="right") - 1, 0, max(len(edges) - 2, 0))
    filled = [bins == index for index in range(BINS) if (bins == index).any()]
    said = [float(score[part].mean()) for part in filled]
    was = [float(truth[part].mean()) for part in filled]
    axes = "what it said", "how often it was so"
    return plots.lines([("", said, was)], "calibration", *axes, diagonal=True, dots=True, unit=True)


def _thresholds(truth: NDArray[np.bool_], score: NDArray[np.float64], name: str) -> list[Block]:
    grid = np.linspace(0.01, 0.99, 99)
    points = np.array([_at(truth, score, threshold) for threshold in grid])
    labels = ("right when flagged", "found", "flagged")
    series = [(label, grid, points[:, index]) for index, label in enumerate(labels)]
    svg = plots.lines(series, "thresholds", "threshold", "share", unit=True)
    rows = [[number(t, 1), *map(percent, _at(truth, score, t))] for t in THRESHOLDS]
    said = (
        f"It answers {name} from a probability of 0.5 on. Another threshold trades one mistake for another."
    )
    return [
        heading("If the threshold were another"),
        figure(svg, said),
        table(["threshold", *labels], rows),
    ]


def _at(truth: NDArray[np.bool_], score: NDArray[np.float64], threshold: float) -> tuple[float, float, float]:
    flagged = score >= threshold
    right = float((flagged & truth).sum())
    count, actual = float(flagged.sum()), float(truth.sum())
    return (
        right / count if count else float("nan"),
        right / actual if actual else float("nan"),
        float(flagged.mean()),
    )

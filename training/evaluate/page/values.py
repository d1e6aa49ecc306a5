"""A regression's predictions in words and plots."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from training.report import Block, figure, heading
from training.report import plots as drawing
from training.report.text import number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.evaluate.evaluation import Evaluation
    from training.evaluate.predictions import Valued

BINS = 40
QUANTILES = 200
CAPTIONS = (
    "Each dot is a row; on the dashed line the answer is exactly right.",
    "How large the errors are. A hill around 0 is good; one beside it: the answers are too high or too low.",
    "Errors along the predictions. A shape, as of a fan or a bow, is something that was not learned.",
    "Errors that are normal lie on the dashed line; ends that bend away are rare large errors.",
)


def words(predictions: Valued, found: Evaluation) -> list[str]:
    off = np.abs(predictions.values - predictions.truth)
    half, most = (number(float(np.quantile(off, share)), 2) for share in (0.5, 0.9))
    middle = number(float(np.abs(predictions.truth - np.median(predictions.truth)).mean()), 2)
    mean = number(found.figures["mae"].value, 2)
    sentences = [f"Half of its answers are off by less than {half}, 9 of 10 by less than {most}."]
    sentences += [
        f"On average it is off by {mean}; always answering the middle value would be off by {middle}."
    ]
    share = found.figures["r2"].value
    if np.isfinite(share):
        sentences += [
            f"It explains {max(0.0, 100 * share):.1f} % of the differences between rows (R² {share:.4f})."
        ]
    return [" ".join(sentences)]


def plots(predictions: Valued) -> list[Block]:
    error = predictions.values - predictions.truth
    labels = "predicted", "predicted less actual"
    drawn = (
        _against_actual(predictions),
        _histogram(error),
        drawing.scatter(predictions.values, error, "errors by prediction", *labels),
        _against_normal(error),
    )
    return [heading("Right and wrong"), *map(figure, drawn, CAPTIONS)]


def _against_actual(predictions: Valued) -> str:
    labels = "predicted against actual", "actual", "predicted"
    return drawing.scatter(predictions.truth, predictions.values, *labels, diagonal=True)


def _histogram(error: NDArray[np.float64]) -> str:
    edges = np.histogram_bin_edges(error, bins=BINS)
    return drawing.histogram(edges, np.histogram(error, edges)[0], "errors", "predicted less actual")


def _against_normal(error: NDArray[np.float64]) -> str:
    """Quantiles of the standardised errors against those of a normal distribution."""
    shares = (np.arange(QUANTILES) + 0.5) / QUANTILES
    expected = [NormalDist().inv_cdf(share) for share in shares]
    reached = np.quantile((error - error.mean()) / (float(error.std()) or 1.0), shares)
    labels = "normal quantiles", "errors, in standard deviations"
    return drawing.scatter(expected, reached, "Q-Q plot of the errors", *labels, diagonal=True)

"""A classifier's predictions in words and plots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from training.evaluate.page import curves
from training.evaluate.page.percent import of_hundred, quoted
from training.evaluate.predictions import Classified
from training.report import Block, figure, heading, table
from training.report import plots as drawing
from training.report.text import number

if TYPE_CHECKING:
    from training.evaluate.evaluation import Evaluation

MOST_CLASSES = 20
MOST_MISTAKES = 10


def words(predictions: Classified, found: Evaluation) -> list[str]:
    sentences = (
        _of_two(predictions, predictions.positive)
        if predictions.positive is not None
        else _of_many(predictions)
    )
    often = int(np.argmax(np.bincount(predictions.truth, minlength=len(predictions.classes))))
    right, always = float(found.figures["accuracy"].value), float((predictions.truth == often).mean())
    constant = (
        f"always answering {quoted(predictions.classes[often])} would be right for {of_hundred(always)}"
    )
    return [*sentences, f"It is right for {of_hundred(right)} of 100 rows; {constant}."]


def _of_two(predictions: Classified, positive: int) -> list[str]:
    name = quoted(predictions.classes[positive])
    is_so, said = predictions.truth == positive, predictions.said == positive
    if not said.any():
        return [f"It never answers {name} on these rows."]
    flagged = of_hundred(float(is_so[said].mean()))
    sentences = [f"Of 100 rows for which it answers {name}, {flagged} really are."]
    if is_so.any():
        sentences += [
            f"Of 100 rows that really are {name}, it finds {of_hundred(float(said[is_so].mean()))}."
        ]
    return [" ".join(sentences)]


def _of_many(predictions: Classified) -> list[str]:
    counts = predictions.counts()
    actual = counts.sum(axis=1)
    wrong = counts - np.diag(np.diag(counts))
    if not wrong.any():
        return ["It made no mistake on these rows."]
    share = np.divide(wrong, actual[:, None], out=np.zeros(counts.shape), where=actual[:, None] > 0)
    true, said = (int(index) for index in np.unravel_index(np.argmax(share), share.shape))
    names = quoted(predictions.classes[true]), quoted(predictions.classes[said])
    taken = of_hundred(float(share[true, said]))
    return [f"Its most frequent mistake: of 100 rows that are {names[0]} it takes {taken} for {names[1]}."]


def plots(predictions: Classified, found: Evaluation) -> list[Block]:
    rest = (
        curves.of_two(predictions, found) if predictions.positive is not None else curves.of_many(predictions)
    )
    return [heading("Right and wrong"), *_confusion(predictions), *_by_class(predictions), *rest]


def _confusion(predictions: Classified) -> list[Block]:
    counts = predictions.counts()
    right = int(np.trace(counts))
    said = f"{right:,} of {len(predictions):,} rows lie on the diagonal, where the answer is right."
    if len(predictions.classes) > MOST_CLASSES:
        return []
    svg = drawing.heat(
        counts, list(predictions.classes), "confusion matrix", "what the model said", "what was true"
    )
    return [figure(svg, f"A row for what was true, a column for what the model said: {said}")]


def _by_class(predictions: Classified) -> list[Block]:
    if predictions.positive is not None:
        return []
    counts = predictions.counts()
    right, actual, said = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    rows = [
        [name, f"{actual[k]:,}", number(_part(right[k], said[k])), number(_part(right[k], actual[k]))]
        for k, name in enumerate(predictions.classes)
    ]
    found = (
        "precision: of the rows called so, the share that are; recall: of the rows that are, the share found"
    )
    return [table(["class", "rows", "precision", "recall"], rows, found), *_mistakes(predictions, counts)]


def _mistakes(predictions: Classified, counts: np.ndarray) -> list[Block]:
    """The most frequent ones, where the matrix is too large to be shown."""
    if len(predictions.classes) <= MOST_CLASSES:
        return []
    wrong = counts - np.diag(np.diag(counts))
    order = np.argsort(-wrong, axis=None, kind="stable")[:MOST_MISTAKES]
    pairs = [tuple(int(p) for p in np.unravel_index(index, wrong.shape)) for index in order]
    rows = [
        [predictions.classes[t], predictions.classes[s], f"{wrong[t, s]:,}"] for t, s in pairs if wrong[t, s]
    ]
    return [table(["was", "taken for", "rows"], rows, "The most frequent mistakes")]


def _part(count: float, whole: float) -> float:
    return float(count / whole) if whole else 0.0

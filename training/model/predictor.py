"""The one way from rows to predictions: the endpoint's, and the evaluation's too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dropforge.domain.contract import Contract, contract_from_json
from training.features import Features
from training.model.graphs import ROWS_AT_ONCE, open_graph, open_model
from training.model.labels import THRESHOLD, Labels
from training.model.manifest import check_manifest
from training.parallel import cores, in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import polars as pl
    from numpy.typing import NDArray

    from training.features import Feed


@dataclass(frozen=True)
class Prediction:
    """What is None does not apply to the problem.

    binary: `label`, `probability` (the positive class's) and `confidence` (the label's);
    multiclass: `label`, `confidence` and `probabilities` by class; regression: `value`.
    """

    label: str | None = None
    probability: float | None = None
    confidence: float | None = None
    probabilities: Mapping[str, float] | None = None
    value: float | None = None

    def document(self) -> dict[str, Any]:
        """Only what applies."""
        return {name: item for name, item in vars(self).items() if item is not None}


class Predictor:
    """A model's folder, checked and loaded."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        check_manifest(folder)
        self.contract: Contract = contract_from_json((folder / "contract.json").read_bytes())
        self.labels = Labels.read(folder / "labels.json")
        self.features = Features(self.contract)
        self._transform = open_graph(folder / "transform.onnx", threads)
        self._model = open_model(folder / "model.onnx")
        self._threads = threads or cores()

    def predict(self, records: Sequence[Mapping[str, Any]], origins: Sequence[str]) -> list[Prediction]:
        return [self._prediction(row) for row in self.scores(records, origins)]

    def scores(self, records: Sequence[Mapping[str, Any]], origins: Sequence[str]) -> NDArray[np.float32]:
        """A value a row, or a row of probabilities in the order of the labels' classes."""
        return self._scores(self.features.arrays(records, origins))

    def scores_of(self, rows: pl.DataFrame) -> NDArray[np.float32]:
        """The same of typed rows."""
        parts = list(in_order(self._scores_of_part, _parts(rows), self._threads))
        return np.concatenate(parts) if parts else np.empty((0, max(1, len(self.labels.classes))), np.float32)

    def _scores_of_part(self, rows: pl.DataFrame) -> NDArray[np.float32]:
        return self._scores(self.features.from_frame(rows))

    def matrix(self, records: Sequence[Mapping[str, Any]], origins: Sequence[str]) -> NDArray[np.float32]:
        return self._matrix(self.features.arrays(records, origins))

    def _matrix(self, feed: Feed) -> NDArray[np.float32]:
        matrix: NDArray[np.float32] = self._transform.run(None, feed)[0]
        return matrix

    def _scores(self, feed: Feed) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = self._model.run(None, {"features": self._matrix(feed)})[0]
        return scores

    def _prediction(self, row: NDArray[np.float32]) -> Prediction:
        classes, positive = self.labels.classes, self.labels.positive_index
        if not classes:
            return Prediction(value=float(row[0]))
        if positive is not None:
            probability = float(row[positive])
            is_positive = probability >= THRESHOLD
            label = str(self.labels.positive) if is_positive else self.labels.negative
            return Prediction(label, probability, probability if is_positive else 1 - probability)
        best = int(np.argmax(row))
        probabilities = dict(zip(classes, map(float, row), strict=True))
        return Prediction(classes[best], confidence=float(row[best]), probabilities=probabilities)


def _parts(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    return (rows.slice(start, ROWS_AT_ONCE) for start in range(0, rows.height, ROWS_AT_ONCE))

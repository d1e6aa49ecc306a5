"""The one way from records to predictions: the endpoint's, and the evaluation's too."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract import Contract, contract_from_json
from training.features import Features
from training.model.graphs import open_graph
from training.model.manifest import check_manifest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

THRESHOLD = 0.5


@dataclass(frozen=True)
class Prediction:
    """`probability` is the positive class's; `confidence` that of the label given."""

    label: str
    probability: float
    confidence: float


@dataclass(frozen=True)
class Labels:
    negative: str
    positive: str


class Predictor:
    """A model's folder, checked and loaded."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        check_manifest(folder)
        self.contract: Contract = contract_from_json((folder / "contract.json").read_bytes())
        self.labels = Labels(**json.loads((folder / "labels.json").read_text(encoding="utf-8")))
        self._features = Features(self.contract)
        self._transform = open_graph(folder / "transform.onnx", threads)
        self._model = open_graph(folder / "model.onnx", threads)

    def predict(self, records: Sequence[Mapping[str, Any]], places: Sequence[str]) -> list[Prediction]:
        return [self._prediction(float(p)) for p in self.probabilities(records, places)]

    def probabilities(
        self, records: Sequence[Mapping[str, Any]], places: Sequence[str]
    ) -> NDArray[np.float32]:
        matrix = self.matrix(records, places)
        (probabilities,) = self._model.run(["probabilities"], {"features": matrix})
        positive: NDArray[np.float32] = probabilities[:, 1]
        return positive

    def matrix(self, records: Sequence[Mapping[str, Any]], places: Sequence[str]) -> NDArray[np.float32]:
        matrix: NDArray[np.float32] = self._transform.run(None, self._features.arrays(records, places))[0]
        return matrix

    def _prediction(self, probability: float) -> Prediction:
        positive = probability >= THRESHOLD
        label = self.labels.positive if positive else self.labels.negative
        return Prediction(label, probability, probability if positive else 1 - probability)

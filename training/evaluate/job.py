"""The evaluation job: what the endpoint will answer on rows that no one has trained on, and the gate's
verdict.

The rows go through the endpoint's own code, from CSV text to label. A gate that is not met is a finished job
whose verdict says so.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dropforge.domain.contract import category_text, contract_from_json
from dropforge.domain.decisions import judge
from training.errors import JobError
from training.evaluate.metrics import report, values_of
from training.model.archive import unpack
from training.model.predictor import Predictor
from training.paths import only_file
from training.serve.requests import csv_records

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.paths import Paths

BATCH = 10_000


def run(paths: Paths) -> None:
    contract = contract_from_json(only_file(paths.processing_input("contract"), "*.json").read_bytes())
    with tempfile.TemporaryDirectory() as scratch:
        unpack(paths.processing_input("model") / "model.tar.gz", Path(scratch))
        predictor = Predictor(Path(scratch), threads=0)
    if predictor.contract != contract:
        raise JobError("the model was trained by another contract than this run's")
    positive, probabilities = _predict(predictor, paths.processing_input("test") / "rows.csv")
    evaluation = report(positive, probabilities, predictor.labels)
    verdict = judge(values_of(evaluation), contract.gate)
    folder = paths.processing_output("evaluation")
    _write(folder / "evaluation.json", evaluation)
    _write(folder / "confusion.json", evaluation["binary_classification_metrics"]["confusion_matrix"])
    _write(folder / "verdict.json", asdict(verdict) | {"metrics": values_of(evaluation)})
    print(
        f"{len(positive)} rows; gate {'passed' if verdict.passed else 'not met'}: {verdict.sentence}",
        flush=True,
    )


def _predict(predictor: Predictor, rows: Path) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """For each row whether it is positive, and the probability answered."""
    positive: list[bool] = []
    probabilities: list[NDArray[np.float32]] = []
    with rows.open(encoding="utf-8", newline="") as lines:
        pairs = csv_records(lines, predictor.contract, header=True)
        while batch := list(islice(pairs, BATCH)):
            target, wanted = predictor.contract.target, predictor.labels.positive
            positive += [category_text(record[target]) == wanted for _, record in batch]
            places, records = zip(*batch, strict=True)
            probabilities.append(predictor.probabilities(records, places))
    return np.array(positive), np.concatenate(probabilities).astype(np.float64)


def _write(path: Path, document: Any) -> None:
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")

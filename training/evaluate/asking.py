"""The test rows, and what a model answers on them by the endpoint's own code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from dropforge.domain.contract.fields import shown
from training.errors import JobError
from training.evaluate.predictions import Classified, Valued
from training.model.archive import unpack
from training.model.predictor import Predictor
from training.paths import only_file

if TYPE_CHECKING:
    from dropforge.domain.contract import Contract
    from training.evaluate.predictions import Predictions


def load(archive: Path, folder: Path) -> Predictor:
    unpack(archive, folder)
    return Predictor(folder, threads=0)


def read_rows(folder: Path, contract: Contract) -> pl.DataFrame:
    rows = pl.read_parquet(only_file(folder, "*.parquet"))
    if not rows.height:
        raise JobError("the test part has no rows, so there is nothing to measure the model by")
    if contract.target not in rows.columns:
        raise JobError(f"the test rows have no column {shown(contract.target)}, which is the target")
    return rows


def ask(predictor: Predictor, rows: pl.DataFrame) -> Predictions:
    target, labels = rows[predictor.contract.target].alias("target"), predictor.labels
    scores = predictor.scores_of(rows).astype(np.float64)
    if not labels.classes:
        return Valued(target.cast(pl.Float64).to_numpy(), scores[:, 0])
    unknown = set(target.unique()) - set(labels.classes)
    if unknown:
        raise JobError(
            f"the test rows have the class {shown(min(map(str, unknown)))}, which the model has not"
        )
    truth = target.cast(pl.Enum(labels.classes)).to_physical().cast(pl.Int64).to_numpy()
    return Classified(labels.classes, labels.positive_index, truth, scores)

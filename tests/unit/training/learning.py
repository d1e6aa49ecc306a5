"""Typed rows as processing leaves them, and the training job run on them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from dropforge.domain.contract import Contract, contract_to_json, parse_contract
from tests.unit.training.container import environment
from training.__main__ import main
from training.features import Features
from training.model.graphs import open_graph
from training.model.predictor import Predictor
from training.transform import Transform

COLUMNS = {
    "size": {"type": "number"},
    "age": {"type": "integer"},
    "day": {"type": "date"},
    "colour": {"type": "category"},
    "shape": {"type": "category"},
}
TARGETS = {
    "binary": {"type": "category"},
    "multiclass": {"type": "category"},
    "regression": {"type": "number"},
}


def contract_of(problem: str, **parts: Any) -> Contract:
    """Two numbers, a date, two categories and a target of the problem's kind."""
    columns = {**COLUMNS, "y": TARGETS[problem]}
    transform = {"columns": {"day": {"parts": ["month", "weekday"]}}} | parts.pop("transform", {})
    return parse_contract(
        {
            "usecase": "any",
            "problem": problem,
            "target": "y",
            "columns": columns,
            "transform": transform,
            **parts,
        }
    )


def rows_of(problem: str, count: int, seed: int = 1, gaps: bool = True) -> pl.DataFrame:
    """Typed rows whose target depends on every column, with some noise and some gaps."""
    draw = np.random.default_rng(seed)
    size, age = draw.normal(10, 3, count), draw.integers(0, 90, count)
    colour, shape = draw.integers(0, 4, count), draw.integers(0, 3, count)
    days = draw.integers(0, 2000, count)
    score = size / 3 + age / 30 + np.array([0, 2, -1, 1])[colour] + shape - (days % 7) / 7
    score += draw.normal(0, 0.3, count)
    frame = pl.DataFrame(
        {
            "size": size.astype(np.float32),
            "age": age.astype(np.float32),
            "day": [str(np.datetime64("2015-01-01T00:00:00") + np.timedelta64(int(d), "D")) for d in days],
            "colour": np.array(["red", "green", "blue", "10"])[colour],
            "shape": np.array(["round", "true", "5"])[shape],
            "y": _target(problem, score),
        }
    )
    return _with_gaps(frame, draw) if gaps else frame


def _target(problem: str, score: np.ndarray[Any, Any]) -> Any:
    if problem == "regression":
        return score * 1000
    cuts = [np.median(score)] if problem == "binary" else np.quantile(score, [0.4, 0.8])
    names = ["0", "1"] if problem == "binary" else ["high", "low", "middle"]
    return np.array(names)[np.searchsorted(cuts, score)]


def _with_gaps(frame: pl.DataFrame, draw: np.random.Generator) -> pl.DataFrame:
    holes = [
        pl.when(pl.Series(draw.random(frame.height) < 0.05)).then(None).otherwise(pl.col(name)).alias(name)
        for name in COLUMNS
    ]
    return frame.with_columns(holes)


@dataclass(frozen=True)
class Job:
    """A training job in a folder of its own."""

    base: Path
    contract: Contract

    def give(self, train: pl.DataFrame, validation: pl.DataFrame, seed: int = 7) -> None:
        for name, part in (("train", train), ("validation", validation)):
            self.folder(name).mkdir(parents=True)
            part.write_parquet(self.folder(name) / "rows.parquet")
        transform = self.folder("transform")
        for folder in (transform, self.folder("contract"), self.folder("baseline")):
            folder.mkdir(parents=True)
        Transform(self.contract, train, seed).write(transform)
        self._put(transform / "labels.json", labels_of(train, self.contract))
        self._put(transform / "seed.json", {"seed": seed})
        (self.folder("contract") / "contract.json").write_text(contract_to_json(self.contract))

    def run(self, **hyperparameters: Any) -> int:
        folder = self.base / "input" / "config"
        folder.mkdir(parents=True, exist_ok=True)
        self._put(folder / "hyperparameters.json", hyperparameters)
        with environment(SAGEMAKER_BASE_DIR=str(self.base)):
            return main(["train"])

    @property
    def failure(self) -> str:
        file = self.base / "output" / "failure"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    @property
    def model(self) -> Path:
        return self.base / "model"

    def folder(self, channel: str) -> Path:
        return self.base / "input" / "data" / channel

    def document(self, name: str) -> Any:
        return json.loads((self.model / name).read_text(encoding="utf-8"))

    def predictor(self) -> Predictor:
        return Predictor(self.model)

    @staticmethod
    def _put(file: Path, document: Any) -> None:
        file.write_text(json.dumps(document), encoding="utf-8")


def labels_of(train: pl.DataFrame, contract: Contract) -> dict[str, Any]:
    if contract.problem == "regression":
        return {"classes": [], "positive": None}
    classes = sorted(train[contract.target].unique())
    return {"classes": classes, "positive": "1" if contract.problem == "binary" else None}


def learned(
    base: Path, contract: Contract, rows: int = 600, validation: int = 200, **hyperparameters: Any
) -> Job:
    """A job that has run, or an assertion with its reason."""
    job = Job(base, contract)
    frame = rows_of(contract.problem, rows + validation)
    job.give(frame[:rows], frame[rows:])
    assert job.run(**hyperparameters) == 0, job.failure
    return job


def matrix_of(contract: Contract, train: pl.DataFrame, rows: pl.DataFrame | None = None) -> pl.DataFrame:
    """The matrix of the rows (the training ones), under its columns' names."""
    transform = Transform(contract, train)
    feed = Features(contract).from_frame(train if rows is None else rows)
    return pl.DataFrame(
        open_graph(transform.graph, 1).run(None, feed)[0], schema=transform.names, orient="row"
    )

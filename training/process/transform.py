"""The transform: fitted once on the training part, compiled to ONNX, and run as that graph ever after.

Numbers pass through, their gaps filled with the training part's median; categories become one column a value.
Trees need no scaling. The matrices come from the compiled graph and not from scikit-learn, whose 64-bit
output differs from the graph's 32-bit one just enough to flip answers at a tree's thresholds.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder

from training.errors import Refused
from training.features import MISSING_CATEGORY
from training.model.predictor import open_graph

if TYPE_CHECKING:
    from pathlib import Path

    from dropforge.domain.contract import Column, Contract

OPSET = 18
BATCH = 100_000
MOST_VALUES = 1000


class Transform:
    """Fitted on the training part; `write` compiles it, `matrix` runs what was compiled."""

    def __init__(self, contract: Contract, train: pl.DataFrame) -> None:
        self._numbers = [column.name for column in contract.features if column.numeric]
        self._categories = [column.name for column in contract.features if not column.numeric]
        self._values = [_values(column, train) for column in contract.features if not column.numeric]
        for name in self._numbers:
            if train[name].null_count() == train.height:
                raise Refused("columns", f"{name} has no value in any row of the training part: drop it")
        self._fitted = self._fit(train)

    @property
    def names(self) -> list[str]:
        """The matrix's columns."""
        pairs = zip(self._categories, self._values, strict=True)
        return [*self._numbers, *(f"{name}={value}" for name, values in pairs for value in values)]

    def write(self, folder: Path) -> None:
        graph = convert_sklearn(self._fitted, initial_types=self._inputs(), target_opset=OPSET)
        graph.graph.name = "transform"
        (folder / "transform.onnx").write_bytes(graph.SerializeToString(deterministic=True))
        names = json.dumps(self.names, indent=2, ensure_ascii=False)
        (folder / "names.json").write_text(names + "\n", encoding="utf-8")

    def matrix(self, rows: pl.DataFrame, graph: Path, place: Path) -> None:
        """Runs the compiled graph in batches and writes its output as it comes."""
        session = open_graph(graph, threads=0)
        shape = (rows.height, len(self.names))
        out = np.lib.format.open_memmap(place, mode="w+", dtype=np.float32, shape=shape)
        for start in range(0, rows.height, BATCH):
            batch = rows.slice(start, BATCH)
            out[start : start + batch.height] = session.run(None, self._feed(batch))[0]
        out.flush()

    def _fit(self, train: pl.DataFrame) -> ColumnTransformer:
        count = len(self._numbers)
        steps: list[tuple[str, Any, list[int]]] = []
        if self._numbers:
            steps.append(("numbers", SimpleImputer(strategy="median"), list(range(count))))
        if self._categories:
            encoder = OneHotEncoder(
                categories=self._values, handle_unknown="ignore", sparse_output=False, dtype=np.float32
            )
            steps.append(("categories", encoder, list(range(count, count + len(self._categories)))))
        return ColumnTransformer(steps).fit(_one_row(train, self._numbers, self._values))

    def _inputs(self) -> list[tuple[str, Any]]:
        numbers = [("numbers", FloatTensorType([None, len(self._numbers)]))]
        categories = [("categories", StringTensorType([None, len(self._categories)]))]
        return (numbers if self._numbers else []) + (categories if self._categories else [])

    def _feed(self, rows: pl.DataFrame) -> dict[str, Any]:
        filled = _filled(rows, self._numbers, self._categories)
        feed: dict[str, Any] = {}
        if self._numbers:
            feed["numbers"] = filled.select(self._numbers).to_numpy()
        if self._categories:
            feed["categories"] = filled.select(self._categories).to_numpy().astype(object)
        return feed


def _one_row(train: pl.DataFrame, numbers: list[str], values: list[list[str]]) -> pl.DataFrame:
    """All that fitting has to learn: the medians, and a value a category (their lists are given).

    On this row scikit-learn learns what it would from the whole part, without a copy of it as objects.
    """
    medians = train.select(pl.col(name).median().cast(pl.Float32) for name in numbers)
    firsts = [pl.lit(listed[0]).alias(f"value {place}") for place, listed in enumerate(values)]
    return medians.with_columns(firsts) if numbers else pl.select(firsts)


def _filled(rows: pl.DataFrame, numbers: list[str], categories: list[str]) -> pl.DataFrame:
    """Missing values as the graph knows them."""
    return rows.select(
        *(pl.col(name).fill_null(float("nan")) for name in numbers),
        *(pl.col(name).fill_null(MISSING_CATEGORY) for name in categories),
    )


def _values(column: Column, train: pl.DataFrame) -> list[str]:
    """A category's values: the contract's, or the training part's; any other gets no column."""
    found = train[column.name]
    values = list(column.values) or sorted(found.drop_nulls().unique().to_list())
    if len(values) > MOST_VALUES:
        raise Refused(
            "columns",
            f"{column.name} has {len(values)} different values; a category has at most {MOST_VALUES}: "
            "drop it, or make it a string",
        )
    if not values:
        raise Refused("columns", f"{column.name} has no value in any row of the training part: drop it")
    return [*values, MISSING_CATEGORY] if found.null_count() else values

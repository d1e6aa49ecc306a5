"""Learned, selected, compiled: the transform as processing uses it.

The matrices that anything learns from come from the compiled graph, never from another implementation of the
same steps: 64-bit steps differ from the graph's 32-bit ones just enough to flip answers at a tree's
thresholds.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import polars as pl

from dropforge.domain.contract.fields import shown
from training.errors import Refused
from training.features import Features
from training.model.graphs import open_graph
from training.transform.columns import Fitted
from training.transform.compile import compile_graph
from training.transform.learn import learn
from training.transform.select import MOST_ROWS, select

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from dropforge.domain.contract import Contract, Select


class Transform:
    """Fitted on the training rows, given as a frame that is held or one that is read as it is needed."""

    def __init__(self, contract: Contract, train: pl.DataFrame | pl.LazyFrame, seed: int = 0) -> None:
        rows = train.lazy()
        fitted = learn(contract, rows)
        _check_names(fitted.names)
        self.selection: dict[str, Any] | None = None
        how = contract.transform.select
        if how is not None:
            fitted = self._select(how, fitted, contract, rows, seed)
        if not fitted.columns:
            raise Refused("transform", "no column of the matrix is left to learn from")
        self.names = fitted.names
        self.graph = compile_graph(fitted)

    def write(self, folder: Path) -> None:
        (folder / "transform.onnx").write_bytes(self.graph)
        _write_json(folder / "names.json", self.names)
        if self.selection is not None:
            _write_json(folder / "selection.json", self.selection)

    def _select(
        self, how: Select, fitted: Fitted, contract: Contract, rows: pl.LazyFrame, seed: int
    ) -> Fitted:
        sample = _sample(rows, seed)
        matrix = open_graph(compile_graph(fitted), threads=0).run(
            None, Features(contract).from_frame(sample)
        )[0]
        target = _target(sample[contract.target].alias("target"), contract)
        selected = select(how, fitted.names, matrix, target, contract.classifies)
        self.selection = selected.document
        return fitted.only(set(selected.kept))


def _check_names(names: list[str]) -> None:
    """What is selected, and what is said of a column, goes by its name in the matrix."""
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    if twice is not None:
        raise Refused(
            "columns",
            f"two columns of the matrix would be called {shown(twice)}, one of them made of another column: "
            "rename that one in the file and the contract",
        )


def _sample(rows: pl.LazyFrame, seed: int) -> pl.DataFrame:
    """All rows in their order, or `MOST_ROWS` of them."""
    count = rows.select(pl.len()).collect(engine="streaming").item()
    if count <= MOST_ROWS:
        return rows.collect(engine="streaming")
    import numpy as np

    chosen = np.sort(np.random.default_rng(seed).choice(count, MOST_ROWS, replace=False))
    index = pl.Series("row", chosen, dtype=pl.UInt32).to_frame().lazy()
    return (
        rows.with_row_index("row")
        .join(index, on="row", how="semi", maintain_order="left")
        .drop("row")
        .collect()
    )


def _target(values: pl.Series, contract: Contract) -> NDArray[np.generic]:
    return values.to_numpy() if contract.classifies else values.cast(pl.Float64).to_numpy()


def _write_json(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

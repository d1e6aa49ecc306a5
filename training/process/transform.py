"""The transform as the processing job writes its matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from training.features import Features
from training.model.graphs import open_graph
from training.transform import Transform as Fitted

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from dropforge.domain.contract import Contract

BATCH = 100_000


class Transform(Fitted):
    def __init__(self, contract: Contract, train: pl.DataFrame) -> None:
        super().__init__(contract, train)
        self._features = Features(contract)

    def matrix(self, rows: pl.DataFrame, graph: Path, place: Path) -> None:
        """Runs the compiled graph in batches and writes its output as it comes."""
        session = open_graph(graph, threads=0)
        shape = (rows.height, len(self.names))
        out = np.lib.format.open_memmap(place, mode="w+", dtype=np.float32, shape=shape)
        for start in range(0, rows.height, BATCH):
            batch = rows.slice(start, BATCH)
            out[start : start + batch.height] = session.run(None, self._features.from_frame(batch))[0]
        out.flush()

"""The parts of a run alone, as fast as the libraries go: read, transform, bin, boost; nothing checked or
kept.

Run in a process of its own by `benchmarks.pipeline`; prints the seconds of each as JSON. Either all rows are
boosted on, or as many as the jobs do: then the validation share is binned beside the training share.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

from dropforge.domain.contract import contract_from_json
from training.features import Features
from training.model.graphs import open_graph
from training.train.algorithms.library import xgboost

BATCH = 65_536


def main(drop: Path, contract_file: Path, graph: Path, every: bool) -> dict[str, float]:
    """Seconds by part."""
    contract = contract_from_json(contract_file.read_bytes())
    seconds, begun = {}, time.perf_counter()

    def lap(name: str) -> None:
        nonlocal begun
        seconds[name], begun = time.perf_counter() - begun, time.perf_counter()

    rows = pl.read_csv(drop, schema_overrides={c.name: pl.Float32 for c in contract.features if c.numeric})
    lap("read")
    shares = (1.0,) if every else (contract.split.train, 1 - contract.split.test)
    ends = [int(rows.height * share) for share in shares]
    session, features = open_graph(graph, threads=0), Features(contract)
    parts = [
        np.concatenate(
            [
                session.run(None, features.from_frame(rows.slice(start, min(BATCH, end - start))))[0]
                for start in range(begin, end, BATCH)
            ]
        )
        for begin, end in zip((0, *ends), ends, strict=False)
    ]
    labels = rows[contract.target].to_numpy().astype(np.float32)
    lap("transform")
    learned = xgboost.QuantileDMatrix(parts[0], labels[: ends[0]])
    for part in parts[1:]:
        xgboost.QuantileDMatrix(part, labels[ends[0] : ends[1]], ref=learned)
    lap("matrix")
    given = {
        name: value
        for name, value in contract.algorithm.parameters.items()
        if name not in ("rounds", "early_stopping")
    }
    given = {name: value for name, value in given.items() if not isinstance(value, str)}
    xgboost.train(
        {**given, "objective": "binary:logistic", "tree_method": "hist", "seed": 1},
        learned,
        num_boost_round=int(contract.algorithm.parameters["rounds"]),
    )
    lap("train")
    return seconds


if __name__ == "__main__":
    drop, contract_file, graph = map(Path, sys.argv[1:4])
    print(json.dumps(main(drop, contract_file, graph, every=sys.argv[4] == "all")))

"""The parts of a run alone, as fast as the libraries go: read, transform, bin, boost; nothing checked or
kept.

Run in a process of its own by `benchmarks.pipeline`; prints the seconds of each as JSON. It does the same
work as the two jobs: the training share is boosted on and the validation share binned beside it.
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


def main(drop: Path, contract_file: Path, graph: Path) -> dict[str, float]:
    """Seconds by part."""
    contract = contract_from_json(contract_file.read_bytes())
    seconds, begun = {}, time.perf_counter()

    def lap(name: str) -> None:
        nonlocal begun
        seconds[name], begun = time.perf_counter() - begun, time.perf_counter()

    rows = pl.read_csv(drop, schema_overrides={c.name: pl.Float32 for c in contract.features if c.numeric})
    lap("read")
    ends = [int(rows.height * share) for share in (contract.split.train, 1 - contract.split.test)]
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
    xgboost.QuantileDMatrix(parts[1], labels[ends[0] : ends[1]], ref=learned)
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
    print(json.dumps(main(*map(Path, sys.argv[1:4]))))

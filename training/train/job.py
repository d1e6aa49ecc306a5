"""The training job: the matrices → a model folder that the server loads as it is."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from dropforge.domain.contract import contract_from_json
from training.model.manifest import write_manifest
from training.paths import only_file
from training.train.boosting import Matrix, boost, check_graph, write_graph
from training.train.hyperparameters import read_hyperparameters

if TYPE_CHECKING:
    from pathlib import Path

    from training.paths import Paths

KEPT = ("transform.onnx", "labels.json", "names.json")
BASELINES = ("statistics.json", "constraints.json")


def run(paths: Paths) -> None:
    contract_file = only_file(paths.channel("contract"), "*.json")
    contract = contract_from_json(contract_file.read_bytes())
    parameters = read_hyperparameters(paths.hyperparameters, contract)
    train, validation = (Matrix.load(paths.channel(name)) for name in ("train", "validation"))
    transform = paths.channel("transform")
    seed = json.loads((transform / "seed.json").read_text(encoding="utf-8"))["seed"]
    booster = boost(train, validation, parameters, seed)

    folder = paths.model
    folder.mkdir(parents=True, exist_ok=True)
    write_graph(booster, train.features.shape[1], folder / "model.onnx")
    difference = check_graph(booster, folder / "model.onnx", validation.features)
    _gather(folder, contract_file, transform, paths.channel("baseline"))
    write_manifest(folder)
    print(
        f"{booster.num_boosted_rounds()} rounds kept; compiled model differs by at most {difference:.1e}",
        flush=True,
    )


def _gather(folder: Path, contract_file: Path, transform: Path, baseline: Path) -> None:
    shutil.copyfile(contract_file, folder / "contract.json")
    for name in KEPT:
        shutil.copyfile(transform / name, folder / name)
    for name in BASELINES:
        if (baseline / name).exists():
            shutil.copyfile(baseline / name, folder / name)

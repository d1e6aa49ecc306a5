"""The evaluation job: what the endpoint will answer on rows that no one has trained on, and the gate's
verdict.

The rows go through the endpoint's own code, from values to label. A gate that is not met is a finished job
whose verdict says so.
"""

from __future__ import annotations

import json
import os
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dropforge.domain.contract import contract_from_json, contract_to_json
from dropforge.domain.contract.metrics import COMPARED, SLICED
from dropforge.domain.decisions import apply_gate
from training.errors import JobError
from training.evaluate.asking import ask, load, read_rows
from training.evaluate.champion import Champion, check_contract, compare
from training.evaluate.documents import measured, write_documents
from training.evaluate.evaluation import Evaluation
from training.evaluate.figures import figures_of
from training.evaluate.groups import groups_of
from training.evaluate.measures import measure_of
from training.evaluate.page.provenance import best_parameters
from training.paths import only_file
from training.report.text import parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from dropforge.domain.contract import Contract
    from training.evaluate.predictions import Predictions
    from training.paths import Paths

TOLD = ("importance", "ols", "selection")


def run(paths: Paths) -> None:
    contract = contract_from_json(only_file(paths.processing_input("contract"), "*.json").read_bytes())
    with tempfile.TemporaryDirectory() as scratch:
        found = _evaluate(paths, contract, Path(scratch))
    write_documents(found, paths.processing_output("evaluation"))
    answer = "passed" if found.verdict.passed else "not met"
    print(f"{len(found.predictions)} rows; gate {answer}: {found.verdict.sentence}", flush=True)


def _evaluate(paths: Paths, contract: Contract, scratch: Path) -> Evaluation:
    predictor = load(paths.processing_input("model") / "model.tar.gz", scratch / "model")
    if predictor.contract != contract:
        raise JobError("the model was trained by another contract than this run's")
    rows = read_rows(paths.processing_input("test"), contract)
    predictions = ask(predictor, rows)
    measure = measure_of(predictions)
    figures = figures_of(measure, np.arange(len(predictions)))
    metric = (contract.gate.slices and contract.gate.slices.metric) or SLICED[contract.problem]
    groups = groups_of(measure, rows, contract, metric)
    champion = _champion(paths, contract, predictions, rows, scratch / "champion")
    verdict = apply_gate(measured(figures), contract.gate, champion.comparison if champion else None, groups)
    trials = _json(paths.processing_input("tuning") / "trials.json")
    model_facts = _model_facts(scratch / "model") | {"trials": trials}
    facts = _facts(contract, predictions, scratch / "model" / "manifest.json", trials or {})
    return Evaluation(contract, predictions, figures, verdict, groups, metric, champion, facts, model_facts)


def _champion(
    paths: Paths, contract: Contract, predictions: Predictions, rows: pl.DataFrame, scratch: Path
) -> Champion | None:
    archive = paths.processing_input("champion") / "model.tar.gz"
    if not archive.exists():
        return None
    version = os.environ.get("CHAMPION_VERSION")
    metric = (contract.gate.champion and contract.gate.champion.metric) or COMPARED[contract.problem]

    def ask_champion() -> Predictions:
        predictor = load(archive, scratch)
        check_contract(contract, predictor.contract)
        return ask(predictor, rows)

    return compare(f"version {version}" if version else "the live version", metric, predictions, ask_champion)


def _facts(
    contract: Contract, predictions: Predictions, manifest: Path, trials: Mapping[str, Any]
) -> list[tuple[str, str]]:
    algorithm = contract.algorithm
    used = algorithm.hyperparameters() | best_parameters(trials)
    parameters = ", ".join(f"{name} {parameter(value)}" for name, value in used.items())
    return [
        ("Use case", contract.usecase),
        ("Run", os.environ.get("RUN", "")),
        ("Drop", os.environ.get("DROP_URI", "")),
        ("Problem", f"{contract.problem}, target {contract.target}"),
        ("Algorithm", f"{algorithm.name}, {parameters}" if parameters else algorithm.name),
        ("Test rows", f"{len(predictions):,}"),
        ("Contract (SHA-256)", sha256(contract_to_json(contract).encode()).hexdigest()),
        ("Model (SHA-256 of its manifest)", sha256(manifest.read_bytes()).hexdigest()),
    ]


def _model_facts(model: Path) -> dict[str, Any]:
    return {name: _json(model / f"{name}.json") for name in TOLD}


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

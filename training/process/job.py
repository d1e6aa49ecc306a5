"""The processing job: a drop → data to train on, or a refusal with its rule and figure.

A refusal is a finished job whose report says so; a job that fails is a fault of ours or of the machine.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dropforge.domain.contract import Contract, contract_from_json, positive_class
from training.errors import Refused
from training.paths import Paths, only_file
from training.process import checks, limits
from training.process.baseline import write_baseline
from training.process.quarantine import Quarantine
from training.process.report import Report
from training.process.split import seed_of, split
from training.process.survey import Survey, survey
from training.process.transform import Transform

if TYPE_CHECKING:
    import polars as pl


def run(paths: Paths) -> None:
    contract = contract_from_json(only_file(paths.processing_input("contract"), "*.json").read_bytes())
    drop = only_file(paths.processing_input("drop"))
    report = Report(contract.usecase, os.environ.get("RUN", ""), drop={"uri": os.environ.get("DROP_URI", "")})
    with Quarantine(paths.processing_output("quarantine")) as quarantine:
        try:
            _process(drop, contract, paths, report, quarantine)
        except Refused as refusal:
            report.status, report.rule, report.reason = "refused", refusal.rule, refusal.reason
            print(f"refused by {refusal.rule}: {refusal.reason}", flush=True)
    report.quarantined = dict(quarantine.reasons.most_common())
    report.write(paths.processing_output("report"))


def _process(drop: Path, contract: Contract, paths: Paths, report: Report, quarantine: Quarantine) -> None:
    values, found = _read(drop, contract, report, quarantine)
    limits.check_classes(values[contract.target], contract)
    seed = seed_of(contract, found.sha256)
    parts = split(values, contract, seed)
    report.rows |= {name: rows.height for name, rows in parts.items()}
    transform = Transform(contract, parts["train"])
    _write(parts, transform, contract, seed, paths)
    write_baseline(parts["train"], contract, paths.processing_output("baseline"))


def _read(
    drop: Path, contract: Contract, report: Report, quarantine: Quarantine
) -> tuple[pl.DataFrame, Survey]:
    """The good rows without duplicates, once they are within the contract's limits."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        clean = Path(scratch) / "clean.csv"
        found = survey(drop, contract, clean, quarantine)
        report.drop |= {"sha256": found.sha256, "bytes": found.size}
        report.rows |= {"read": found.rows}
        rows = checks.scan(clean, found.header, contract)
        checks.set_aside(rows, contract, quarantine)
        bad = quarantine.reasons.total()
        report.rows |= {"bad": bad}
        limits.check_bad_rows(found.rows, quarantine.reasons, contract)
        values = checks.sound(rows, contract)
    unique = checks.without_duplicates(values)
    report.rows |= {"duplicates": values.height - unique.height, "good": unique.height}
    print(
        f"read {found.rows} rows in {time.monotonic() - begun:.1f} s: {unique.height} good, {bad} bad",
        flush=True,
    )
    report.describe(unique, contract)
    limits.check_rows(found.rows, values.height - unique.height, unique.height, contract)
    return unique, found


def _write(
    parts: dict[str, pl.DataFrame], transform: Transform, contract: Contract, seed: int, paths: Paths
) -> None:
    folder = paths.processing_output("transform")
    transform.write(folder)
    labels = _labels(parts["train"][contract.target], contract)
    _write_json(folder / "labels.json", labels)
    _write_json(folder / "seed.json", {"seed": seed})
    for name in ("train", "validation"):
        place = paths.processing_output(name)
        transform.matrix(parts[name], folder / "transform.onnx", place / "features.npy")
        positives = (parts[name][contract.target] == labels["positive"]).to_numpy()
        np.save(place / "labels.npy", positives.astype(np.float32), allow_pickle=False)
    parts["test"].write_csv(paths.processing_output("test") / "rows.csv")


def _labels(classes: pl.Series, contract: Contract) -> dict[str, str]:
    names = tuple(sorted(classes.unique().to_list()))
    positive = positive_class(contract.positive, names)
    negative = next(name for name in names if name != positive)
    return {"negative": negative, "positive": str(positive)}


def _write_json(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

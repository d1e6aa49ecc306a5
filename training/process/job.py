"""The processing job: a drop → typed rows to learn from, or a refusal with its rule and figure.

A refusal is a finished job whose report says so; a job that fails is a fault of ours or of the machine.
"""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from dropforge.domain.contract import Contract, contract_from_json, positive_class
from training.errors import Refused
from training.images.columns import tabular
from training.paths import Paths, only_file
from training.process.baseline import write_baseline
from training.process.dividing import PARTS, TRAIN, check_parts, divide, seed_of
from training.process.limits import check_classes, check_quality
from training.process.parts import Parts
from training.process.reading.drop import digest
from training.process.report import Report
from training.process.resample import resampled
from training.process.tables import read_table
from training.quality import Reading
from training.quarantine import Quarantine
from training.transform import Transform

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from training.process.gather import Gathered


def run(paths: Paths, keep_rows: bool = True) -> None:
    """Without `keep_rows` all is judged, and no part of the rows is written."""
    contract = contract_from_json(only_file(paths.processing_input("contract"), "*.json").read_bytes())
    report = Report(contract.usecase, os.environ.get("RUN", ""), drop={"uri": os.environ.get("DROP_URI", "")})
    with Quarantine(paths.processing_output("quarantine")) as quarantine:
        try:
            parts = _process(contract, paths, report, quarantine)
            if keep_rows:
                parts.write(paths)
        except Refused as refusal:
            report.status, report.rule, report.reason = "refused", refusal.rule, refusal.reason
            print(f"refused by {refusal.rule}: {refusal.reason}", flush=True)
    report.quarantined = dict(quarantine.reasons.most_common())
    report.write(paths.processing_output("report"))


def _process(contract: Contract, paths: Paths, report: Report, quarantine: Quarantine) -> Parts:
    rows = _read(contract, paths, report, quarantine)
    target = rows.values[contract.target].alias("value")
    report.describe(rows.values, tabular(contract))
    reading = Reading(rows.read, report.rows["bad"], rows.duplicates, tuple(quarantine.reasons.most_common()))
    check_quality(rows.values, contract, reading, paths.processing_output("report"))
    check_classes(target, contract)
    seed = seed_of(contract, report.drop["sha256"])
    part_of_row = divide(rows, tabular(contract), seed)
    check_parts(part_of_row, target, contract)
    parts = Parts(rows.values, part_of_row, seed)
    _prepare(parts, contract, seed, report, paths)
    return parts


def _read(contract: Contract, paths: Paths, report: Report, quarantine: Quarantine) -> Gathered:
    """The good rows without duplicates. The digest is taken beside, and is told of a refused drop as well."""
    begun = time.monotonic()
    folder = paths.processing_input("drop")
    if contract.image is not None:
        from training.process.pictures import read_pictures

        rows = read_pictures(folder, contract, quarantine, report)
    else:
        drop = only_file(folder)
        with ThreadPoolExecutor(1) as beside:
            sha256 = beside.submit(digest, drop)
            try:
                rows = read_table(drop, contract, quarantine)
            finally:
                report.drop |= {"sha256": sha256.result(), "bytes": drop.stat().st_size}
    bad, good = quarantine.reasons.total(), rows.values.height
    report.rows |= {"read": rows.read, "bad": bad, "duplicates": rows.duplicates, "good": good}
    print(f"read {rows.read} rows in {time.monotonic() - begun:.1f} s: {good} good, {bad} bad", flush=True)
    return rows


def _prepare(parts: Parts, contract: Contract, seed: int, report: Report, paths: Paths) -> None:
    """What is learned from the training part, before that is balanced."""
    report.rows |= parts.heights
    folder, table, train = paths.processing_output("transform"), tabular(contract), PARTS[TRAIN]
    target = parts.column(train, contract.target)
    Transform(table, parts.rows(train), seed).write(folder)
    _write_json(folder / "labels.json", _labels(target, contract))
    _write_json(folder / "seed.json", {"seed": seed})
    write_baseline(parts, table, paths.processing_output("baseline"))
    balanced = resampled(target, contract.resample, seed)
    if balanced is not None:
        parts.balance(balanced)
        report.rows["resampled"] = len(balanced)


def _labels(target: pl.Series, contract: Contract) -> dict[str, object]:
    if not contract.classifies:
        return {"classes": [], "positive": None}
    classes = sorted(target.unique().to_list())
    positive = positive_class(contract.positive, tuple(classes)) if contract.problem == "binary" else None
    return {"classes": classes, "positive": positive}


def _write_json(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

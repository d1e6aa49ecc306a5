"""The training job: typed rows → a model folder that the server loads as it is."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from dropforge.domain.contract import Contract, contract_from_json
from training.errors import JobError
from training.features import Features
from training.model.graphs import open_graph, open_model
from training.model.labels import Labels
from training.model.manifest import write_manifest
from training.parallel import cores
from training.paths import only_file
from training.train.algorithms import learn
from training.train.check import answers, check_graph
from training.train.figures import figures
from training.train.hosts import Hosts
from training.train.hyperparameters import read_hyperparameters
from training.train.rows import Transformed
from training.train.task import Learned, Task

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.paths import Paths

ROWS = "rows.parquet"
KEPT = ("transform.onnx", "labels.json", "names.json")
WHERE_PRESENT = ("selection.json",)
BASELINES = ("statistics.json", "constraints.json")


def run(paths: Paths) -> None:
    contract_file = only_file(paths.channel("contract"), "*.json")
    contract = contract_from_json(contract_file.read_bytes())
    labels = Labels.read(paths.channel("transform") / "labels.json")
    with tempfile.TemporaryDirectory() as scratch:
        task = _task(paths, contract, labels, Path(scratch))
        begun = time.monotonic()
        learned = learn(contract.algorithm.name, task)
        seconds = time.monotonic() - begun
        if not task.hosts.first:
            print(
                f"{task.hosts.current} has done its part; {task.hosts.names[0]} writes the model", flush=True
            )
            return
        _gather(paths.model, contract_file, paths.channel("transform"), paths.channel("baseline"))
        _write(paths.model, learned, task)
        facts = _measure(paths.model, learned, task, labels)
    facts |= {"algorithm": contract.algorithm.name, "seed": task.seed}
    _write_json(paths.model / "training.json", facts)
    write_manifest(paths.model)
    print(f"{contract.algorithm.name} learned from {len(task.train)} rows in {seconds:.1f} s", flush=True)


def _task(paths: Paths, contract: Contract, labels: Labels, scratch: Path) -> Task:
    transform, hosts = paths.channel("transform"), Hosts.read(paths.resources)
    graph = open_graph(transform / "transform.onnx", threads=0)
    made = Transformed(Features(contract), graph, contract.target, labels.classes)
    shard = hosts.shard if contract.algorithm.name == "xgboost" else (0, 1)
    parts = {
        "train": made.matrix(paths.channel("train") / ROWS, scratch / "train", shard),
        "validation": made.matrix(paths.channel("validation") / ROWS, scratch / "validation"),
    }
    if not len(parts["train"]):
        raise JobError("the training part has no rows")
    return Task(
        target=contract.target,
        names=_read_json(transform / "names.json"),
        classes=len(labels.classes),
        parameters=read_hyperparameters(paths.hyperparameters, contract),
        seed=_read_json(transform / "seed.json")["seed"],
        in_order=contract.split.by == "time",
        threads=cores(),
        hosts=hosts,
        paths=paths,
        **parts,
    )


def _gather(folder: Path, contract_file: Path, transform: Path, baseline: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(contract_file, folder / "contract.json")
    for name in KEPT:
        shutil.copyfile(transform / name, folder / name)
    for source, names in ((transform, WHERE_PRESENT), (baseline, BASELINES)):
        for name in names:
            if (source / name).exists():
                shutil.copyfile(source / name, folder / name)


def _write(folder: Path, learned: Learned, task: Task) -> None:
    (folder / "model.onnx").write_bytes(learned.graph)
    for name, text in learned.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    if learned.importance is not None:
        _write_json(folder / "importance.json", _importance(task, learned.importance))


def _importance(task: Task, figures_of: NDArray[Any]) -> list[dict[str, Any]]:
    pairs = sorted(zip(task.names, figures_of, strict=True), key=lambda pair: -pair[1])
    return [{"name": name, "importance": round(float(figure), 9)} for name, figure in pairs]


def _measure(folder: Path, learned: Learned, task: Task, labels: Labels) -> dict[str, Any]:
    """The last line of the log, and what training.json keeps of it."""
    part, matrix = ("validation", task.validation) if len(task.validation) else ("train", task.train)
    model = open_model(folder / "model.onnx")
    if learned.answers is not None:
        difference = check_graph(model, learned.answers, matrix)
        print(f"the compiled model differs from the trained one by at most {difference:.1e}", flush=True)
    found = figures(matrix.labels, answers(model, matrix, task.threads), labels.positive_index)
    if not all(np.isfinite(value) for value in found.values()):
        raise JobError(f"the model's figures on the {part} part are not numbers: {found}")
    print(" ".join(f"{part}-{name}:{value:.6f}" for name, value in found.items()), flush=True)
    return {
        **learned.facts,
        "rows": {name: _rows(task.paths, name) for name in ("train", "validation")},
        "columns": len(task.names),
        "measured_on": part,
        "metrics": found,
    }


def _rows(paths: Paths, part: str) -> int:
    """Of all hosts."""
    return int(pl.scan_parquet(paths.channel(part) / ROWS).select(pl.len()).collect().item())


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _write_json(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

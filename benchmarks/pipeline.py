"""How fast a drop becomes a model, beside its parts alone; how much memory that takes; the quality report.

The jobs run as the local cloud starts them: a process each, start-up included, with SAGEMAKER_BASE_DIR as
their tree. The parts run in the same minutes, so that a busy machine slows both.
"""

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figure import Figure
from benchmarks.pipeline_data import CONTRACT, wide_table, write_table
from cli.paths import ROOT
from dropforge.domain.contract import contract_to_json, parse_contract

CHANNELS = ("train", "validation", "transform", "baseline")
ALONE = {"all": ("all rows", 1.25), "same": ("as many rows as train and validate", None)}
WIDE = (80, 20)
ROUNDS = 3


@dataclass(frozen=True)
class Finished:
    """What a process took, and what it printed."""

    seconds: float
    processor: float
    megabytes: float
    said: str


@dataclass(frozen=True)
class Run:
    """The two jobs of one drop."""

    process: Finished
    train: Finished

    @property
    def seconds(self) -> float:
        return self.process.seconds + self.train.seconds

    @property
    def megabytes(self) -> float:
        return max(self.process.megabytes, self.train.megabytes)


def measure(rows: int, say: Callable[[str], None]) -> list[Figure]:
    """Everything, each ratio the median of some rounds."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        drop = Path(folder) / "drop.csv"
        write_table(drop, rows)
        say(f"{rows} rows, {drop.stat().st_size / 1e6:.0f} MB")
        return list(_figures(drop, Path(folder), rows, say))


def _figures(drop: Path, folder: Path, rows: int, say: Callable[[str], None]) -> Iterator[Figure]:
    runs: list[Run] = []
    ratios: dict[str, list[float]] = {which: [] for which in ALONE}
    for _ in range(ROUNDS):
        runs.append(_run(drop, folder / "base"))
        say(_took(runs[-1]))
        for which, found in ratios.items():
            parts = _parts(drop, folder / "base", which)
            found.append(runs[-1].seconds / sum(parts.values()))
            say(f"parts alone, {which} rows: {_listed(parts)}")
    one = statistics.median(run.megabytes for run in runs)
    for which, (said, limit) in ALONE.items():
        what = f"drop to model, beside its parts alone on {said}"
        yield Figure(what, statistics.median(ratios[which]), "times", limit)
    yield Figure("memory of the larger job", one, "MB", 1200)
    write_table(drop, 4 * rows)
    four = _run(drop, folder / "base")
    say(f"{4 * rows} rows: {_took(four)}")
    yield Figure("memory of four times the rows", four.megabytes / one, "times", 2)
    yield Figure(f"quality report of {rows} rows, {sum(WIDE)} columns", _quality(rows), "s", 15)


def _run(drop: Path, base: Path) -> Run:
    shutil.rmtree(base, ignore_errors=True)
    _put(base / "processing" / "input" / "contract", _contract())
    target = base / "processing" / "input" / "drop" / drop.name
    target.parent.mkdir(parents=True)
    target.hardlink_to(drop)
    processed = _job("process", base)
    report = json.loads((base / "processing/output/report/report.json").read_bytes())
    if report["status"] != "accepted":
        raise RuntimeError(report["reason"])
    for name in CHANNELS:
        shutil.copytree(
            base / "processing" / "output" / name, base / "input" / "data" / name, copy_function=os.link
        )
    _put(base / "input" / "data" / "contract", _contract())
    return Run(processed, _job("train", base))


def _job(verb: str, base: Path) -> Finished:
    return _started(["-m", "training", verb], {"SAGEMAKER_BASE_DIR": str(base)})


def _parts(drop: Path, base: Path, which: str) -> dict[str, float]:
    contract = base / "processing/input/contract/contract.json"
    graph = base / "processing/output/transform/transform.onnx"
    said = _started(["-m", "benchmarks.pipeline_parts", str(drop), str(contract), str(graph), which], {}).said
    seconds: dict[str, float] = json.loads(said)
    return seconds


def _started(arguments: list[str], environment: dict[str, str]) -> Finished:
    """A fresh process with the repository on its path, and the most memory that it had."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "core")])
    with tempfile.TemporaryFile() as out:
        begun = time.perf_counter()
        child = os.posix_spawn(
            sys.executable,
            [sys.executable, *arguments],
            {**os.environ, "PYTHONPATH": path, **environment},
            file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)],
        )
        _, status, usage = os.wait4(child, 0)
        seconds = time.perf_counter() - begun
        out.seek(0)
        said = out.read().decode()
    if status:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{said}")
    return Finished(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said)


def _quality(rows: int) -> float:
    """The report's own seconds: checks, JSON and page."""
    from training.quality import Reading, assess, write

    numbers, categories = WIDE
    columns = {f"number_{index}": "number" for index in range(numbers)}
    columns |= {f"category_{index}": "category" for index in range(categories)}
    contract = parse_contract({**CONTRACT, "columns": {**columns, "bought": "category"}})
    frame = wide_table(rows, numbers, categories)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        write(assess(frame, contract, Reading(rows)), Path(folder))
        return time.perf_counter() - begun


def _contract() -> bytes:
    return contract_to_json(parse_contract(CONTRACT)).encode()


def _put(folder: Path, body: bytes) -> None:
    folder.mkdir(parents=True)
    (folder / "contract.json").write_bytes(body)


def _listed(parts: dict[str, float]) -> str:
    listed = ", ".join(f"{name} {seconds:.1f}" for name, seconds in parts.items())
    return f"{sum(parts.values()):.1f} s ({listed})"


def _took(run: Run) -> str:
    jobs = {"process": run.process, "train": run.train}
    return ", ".join(
        f"{name} {job.seconds:.1f} s (processor {job.processor:.1f}) {job.megabytes:.0f} MB"
        for name, job in jobs.items()
    )

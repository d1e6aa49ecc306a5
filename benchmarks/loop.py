"""What the loop costs beside the work itself: from a drop's upload to the registered package, without the
time that the jobs' own processes took.

The application runs from its own template on a cloud of its own, with the loan sample. A first run, which
builds the image, is not counted. The local cloud notes of each job when its process began and ended; what is
left is the cloud's: events, functions, state machines, copying in and out, starting processes.
"""

import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli import local
from cli.demo import data
from cli.errors import Refused
from cli.starting import READY_SECONDS, Start, any_port, end, spawn, tail
from cli.target import DEFAULT_STACK, Target
from cli.waiting import wait
from dropforge.edge.contract_yaml import load_contract
from dropforge.operations.contracts import publish, until_in_force
from dropforge.operations.drops import drop, run_started_by
from dropforge.operations.stack import Stack

USECASE, ROWS, RUNS, SECONDS = "loan", 5000, 3, 300.0


def overhead() -> float:
    """The median of some runs, in seconds."""
    with tempfile.TemporaryDirectory(prefix="bench-loop-") as name:
        folder = Path(name)
        with _application(folder) as stack:
            text = data.CONTRACT.read_bytes()
            wait(stack, until_in_force(stack, publish(stack, load_contract(text), text), 60))
            found = [_of_one_run(stack, folder, seed) for seed in range(RUNS + 1)]
    return statistics.median(found[1:])


@contextmanager
def _application(folder: Path) -> Iterator[Stack]:
    """The application on a cloud of its own; the one that a developer has running is left alone."""
    log = folder / "log"
    process = spawn(Start(DEFAULT_STACK, any_port(), folder / "state", attached=True), log)
    try:
        cloud = _ready(process, folder / "state" / "cloud.json", log)
        yield Target(cloud.stack, cloud=cloud).stack
    finally:
        end(process)


def _ready(process: subprocess.Popen[bytes], record: Path, log: Path) -> local.LocalCloud:
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if cloud := local.read(record):
            return cloud
        time.sleep(0.05)
    raise Refused(f"the local cloud did not come up:\n{tail(log)}")


def _of_one_run(stack: Stack, folder: Path, seed: int) -> float:
    file = data.write(folder / f"loan-{seed}.csv", data.generate(ROWS, seed))
    begun = time.time()
    run = wait(stack, run_started_by(stack, drop(stack, USECASE, file), SECONDS))
    if run.status != "registered":
        raise Refused(f"run {run.run} ended {run.status}: {run.reason}")
    return _registered_at(stack) - begun - _in_processes(folder / "state", begun)


def _registered_at(stack: Stack) -> float:
    """When the newest package was made, in epoch seconds."""
    listed = stack.client("sagemaker").list_model_packages(
        ModelPackageGroupName=stack.named(USECASE), SortBy="CreationTime", SortOrder="Descending"
    )
    newest: float = listed["ModelPackageSummaryList"][0]["CreationTime"].timestamp()
    return newest


def _in_processes(state: Path, since: float) -> float:
    """The seconds in which at least one job's process ran."""
    spans = [json.loads(file.read_text("utf-8")) for file in state.glob("jobs/*/*/process.json")]
    total, until = 0.0, since
    for began, ended in sorted((span["began"], span["ended"]) for span in spans):
        total += max(0.0, ended - max(began, until))
        until = max(until, ended)
    return total

"""A training script of the user's own, under the same contract: the same rows in, the same kind of graph out.

It runs as a program beside this job, with SageMaker's own names for where things are:

SM_CHANNEL_TRAIN, SM_CHANNEL_VALIDATION  features.npy (32-bit floats), labels.npy (indices of classes, or
                                         values), names.json (the columns) and labels.json (the classes)
SM_MODEL_DIR                             where it leaves model.onnx
SM_HP_<NAME>, SM_HPS                     its parameters: each as a text, and all as JSON
SM_SEED                                  the run's seed

Whatever else it writes is not kept. It decides alone whether the same rows give the same model.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from training.errors import JobError
from training.paths import only_file
from training.train.algorithms.script_model import checked
from training.train.task import Learned, Task

if TYPE_CHECKING:
    from training.train.rows import Matrix

LAUNCHED = Path(__file__).with_name("launched.py")
CREDENTIALS = "AWS_"
MOST_SAID = 5


def learn(task: Task) -> Learned:
    script = only_file(task.paths.channel("script"), "*.py")
    with tempfile.TemporaryDirectory() as scratch:
        workspace = Path(scratch)
        channels = {"TRAIN": task.train, "VALIDATION": task.validation}
        environment = _environment(task, workspace, channels)
        for name, matrix in channels.items():
            _write(matrix, Path(environment[f"SM_CHANNEL_{name}"]), task)
        _run(script, environment)
        graph = checked(Path(environment["SM_MODEL_DIR"]) / "model.onnx", task)
    digest = hashlib.sha256(script.read_bytes()).hexdigest()
    return Learned(
        graph, answers=None, importance=None, facts={"script": script.name, "script_sha256": digest}
    )


def _environment(task: Task, workspace: Path, channels: dict[str, Matrix]) -> dict[str, str]:
    """This job's, without credentials, and what the script is told."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(CREDENTIALS)}
    for name in (*channels, "MODEL"):
        (workspace / name.lower()).mkdir()
    environment |= {f"SM_CHANNEL_{name}": str(workspace / name.lower()) for name in channels}
    environment |= {f"SM_HP_{name.upper()}": str(value) for name, value in task.parameters.items()}
    return environment | {
        "SM_MODEL_DIR": str(workspace / "model"),
        "SM_HPS": json.dumps(dict(task.parameters)),
        "SM_SEED": str(task.seed),
        "SM_NUM_CPUS": str(task.threads),
    }


def _write(matrix: Matrix, folder: Path, task: Task) -> None:
    """Copied batch by batch."""
    shape = (len(matrix), len(task.names))
    if len(matrix):
        out = np.lib.format.open_memmap(folder / "features.npy", mode="w+", dtype=np.float32, shape=shape)
        start = 0
        for rows, _ in matrix.batches():
            out[start : start + len(rows)] = rows
            start += len(rows)
        out.flush()
    else:
        np.save(folder / "features.npy", np.empty(shape, np.float32), allow_pickle=False)
    labels = matrix.labels.astype(np.int64) if task.classes else matrix.labels
    np.save(folder / "labels.npy", labels, allow_pickle=False)
    for name in ("names.json", "labels.json"):
        shutil.copyfile(task.paths.channel("transform") / name, folder / name)


def _run(script: Path, environment: dict[str, str]) -> None:
    """What it prints is the job's log; its last lines are told where it fails."""
    said: deque[str] = deque(maxlen=MOST_SAID)
    program = [sys.executable, "-u", str(LAUNCHED), str(script)]
    with subprocess.Popen(
        program, env=environment, cwd=script.parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as running:
        assert running.stdout is not None  # noqa: S101 - it was asked for
        for line in running.stdout:
            text = line.decode(errors="replace").rstrip()
            print(text, flush=True)
            said.append(text[:200])
    if running.returncode:
        raise JobError(
            f"{script.name} ended with code {running.returncode}: {' | '.join(said) or 'it said nothing'}"
        )

"""How long a function takes to import, beside boto3 alone: what a cold start pays before the first line of
work.

Each is imported in a new interpreter as on Lambda: the function's folder, the layer's source and its
packages, and no site of the developer. The median of several runs, taken in turns, so that a busy moment hits
all alike.
"""

import os
import statistics
import subprocess
import sys
import sysconfig
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LIMIT_MS = 120.0
BASELINE = "boto3 alone"
WHOLE_LAYER = "the whole layer"
MEASURE = "import time; t = time.perf_counter(); {statement}; print((time.perf_counter() - t) * 1000)"
# A handler imports boto3 and its adapters when its first event asks for them; this is more than any needs. No
# function uses an operation, which an import rule holds.
EVERYTHING = (
    "import pkgutil, importlib, dropforge, boto3, aws_lambda_powertools.utilities.idempotency as _; "
    "[importlib.import_module(m.name) for m in pkgutil.walk_packages(dropforge.__path__, 'dropforge.') "
    "if not m.name.startswith('dropforge.operations')]"
)
# Importing any module may read settings lazily, never at import: no variable of a deployed function is set
# here.
ENVIRONMENT = ("PATH", "HOME", "LANG", "TMPDIR")


@dataclass(frozen=True)
class Imported:
    """One median, and how much it is above the baseline."""

    what: str
    milliseconds: float
    above_boto3: float

    @property
    def within(self) -> bool:
        """True when it keeps the promise."""
        return self.above_boto3 <= LIMIT_MS

    @property
    def document(self) -> dict[str, Any]:
        """The measurement as JSON prints it."""
        return {**asdict(self), "within": self.within}


def measure(rounds: int) -> list[Imported]:
    """Every handler beside the baseline."""
    folders = sorted(path.parent for path in (ROOT / "functions").glob("*/handler.py"))
    imports = {BASELINE: (ROOT, "import boto3"), WHOLE_LAYER: (ROOT, EVERYTHING)}
    imports |= {folder.name: (folder, "import handler") for folder in folders}
    for folder, statement in imports.values():
        import_once(folder, statement)  # the first import also fills the disk cache
    times: dict[str, list[float]] = {name: [] for name in imports}
    for _ in range(rounds):
        for name, (folder, statement) in imports.items():
            times[name].append(import_once(folder, statement))
    medians = {name: statistics.median(values) for name, values in times.items()}
    return [Imported(name, value, value - medians[BASELINE]) for name, value in medians.items()]


def import_once(folder: Path, statement: str) -> float:
    """One import in an interpreter of its own."""
    path = (folder, ROOT / "layers" / "core", sysconfig.get_path("purelib"))
    environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    environment["PYTHONPATH"] = os.pathsep.join(map(str, path))
    done = subprocess.run(
        [sys.executable, "-S", "-c", MEASURE.format(statement=statement)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{folder.name} cannot be imported: {done.stderr.strip()}")
    return float(done.stdout)

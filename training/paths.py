"""The folders that SageMaker gives a container, under /opt/ml.

SAGEMAKER_BASE_DIR moves the whole tree, so that a job also runs where nobody may write to /opt. Nothing else
about a container depends on where it runs.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Paths:
    base: Path

    @classmethod
    def from_environment(cls) -> Paths:
        return cls(Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")))

    def processing_input(self, name: str) -> Path:
        return self.base / "processing" / "input" / name

    def processing_output(self, name: str) -> Path:
        return _made(self.base / "processing" / "output" / name)

    def channel(self, name: str) -> Path:
        return self.base / "input" / "data" / name

    @property
    def hyperparameters(self) -> Path:
        return self.base / "input" / "config" / "hyperparameters.json"

    @property
    def resources(self) -> Path:
        """Which host this is, and which there are."""
        return self.base / "input" / "config" / "resourceconfig.json"

    @property
    def model(self) -> Path:
        return self.base / "model"

    @property
    def failure(self) -> Path:
        """What a training job writes here becomes its FailureReason."""
        return _made(self.base / "output") / "failure"

    @property
    def message(self) -> Path:
        """What a processing job writes here becomes its ExitMessage."""
        return _made(self.base / "output") / "message"


def only_file(folder: Path, pattern: str = "*") -> Path:
    """The one file of an input that holds one."""
    files = sorted(path for path in folder.glob(pattern) if path.is_file())
    if len(files) != 1:
        raise FileNotFoundError(f"{folder} holds {len(files)} files that match {pattern}, and should hold 1")
    return files[0]


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder

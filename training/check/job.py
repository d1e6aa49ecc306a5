"""`python -m training check`: what `process` would say of a drop, without its rows being written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.process import job

if TYPE_CHECKING:
    from training.paths import Paths


def run(paths: Paths) -> None:
    job.run(paths, keep_rows=False)

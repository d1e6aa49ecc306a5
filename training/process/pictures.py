"""A drop of pictures → its good rows, and the parts that its folders name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from training.errors import Refused
from training.images.read import rows as read
from training.process.gather import Gathered

if TYPE_CHECKING:
    from pathlib import Path

    from dropforge.domain.contract import Contract
    from training.process.report import Report
    from training.quarantine import Quarantine


def read_pictures(folder: Path, contract: Contract, quarantine: Quarantine, report: Report) -> Gathered:
    """Two pictures that look the same to every feature are one, wherever they lie."""
    found = read(folder, contract, quarantine)
    report.drop |= {"sha256": found.sha256, "bytes": found.size}
    first = found.rows.select(pl.struct(pl.all()).is_first_distinct()).to_series()
    parts = None if found.parts is None else found.parts.filter(first)
    if parts is not None and parts.null_count():
        raise Refused(
            "images", f"{parts.null_count()} pictures lie in no folder of train, validation or test"
        )
    values = found.rows.filter(first)
    return Gathered(values, None, found.read, found.rows.height - values.height, parts)

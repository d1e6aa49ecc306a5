"""report.json: what became of a drop, in figures. The same drop gives the same bytes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from dropforge.domain.contract import Contract


@dataclass
class Report:
    usecase: str
    run: str
    status: str = "accepted"
    rule: str | None = None
    """Set where `status` is refused, and `reason` with it."""
    reason: str | None = None
    drop: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    """Counts of what is known by then."""
    quarantined: dict[str, int] = field(default_factory=dict)
    classes: dict[str, int] = field(default_factory=dict)
    columns: dict[str, dict[str, Any]] = field(default_factory=dict)

    def describe(self, values: pl.DataFrame, contract: Contract) -> None:
        """Each feature of the good rows, and the classes."""
        if contract.classifies:
            self.classes = dict(sorted(values[contract.target].alias("value").value_counts().iter_rows()))
        for column in contract.features:
            found = values[column.name].alias("value")
            described: dict[str, Any] = {"type": column.type, "missing": found.null_count()}
            if column.numeric:
                described |= {"min": found.min(), "max": found.max(), "mean": found.mean()}
            else:
                described |= {"distinct": found.drop_nulls().n_unique()}
            self.columns[column.name] = described

    def write(self, folder: Path) -> None:
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False)
        (folder / "report.json").write_text(text + "\n", encoding="utf-8")

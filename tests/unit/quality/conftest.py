"""Small frames with one fault each, and a contract that fits them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from dropforge.domain.contract import Column, ColumnTransform, Contract, Quality, Transform
from training.quality import Assessment, Finding, Reading, assess

ROWS = 400
Assess = Callable[..., Assessment]


@pytest.fixture
def made() -> np.random.Generator:
    return np.random.default_rng(11)


@pytest.fixture
def answer(made: np.random.Generator) -> list[str]:
    return [str(value) for value in made.choice(["yes", "no"], ROWS, p=[0.3, 0.7])]


@pytest.fixture
def assessed() -> Assess:
    """`assessed({"a": [...], "y": [...]})`: numbers become Float32, the last column is the target."""

    def of_columns(
        columns: dict[str, Any],
        problem: str = "binary",
        reading: Reading | None = None,
        types: dict[str, str] | None = None,
        **quality: Any,
    ) -> Assessment:
        rows = pl.DataFrame(columns, strict=False)
        target = rows.columns[-1]
        given = types or {}
        described = [
            Column(name, given.get(name, "number" if kind.is_numeric() else "category"))
            for name, kind in rows.schema.items()
        ]
        numbers = [column.name for column in described if column.numeric]
        typed = rows.with_columns(
            pl.Series(name, rows[name].cast(pl.Float64 if name == target else pl.Float32)) for name in numbers
        )
        limits = Quality(**{"minimum_rows": 10, "minimum_class": 3, **quality})
        parts = {name: ColumnTransform(parts=("month",)) for name, kind in given.items() if kind == "date"}
        transform = Transform(columns=parts)
        contract = Contract("case", problem, target, tuple(described), quality=limits, transform=transform)
        return assess(typed, contract, reading or Reading(rows.height))

    return of_columns


def findings_of(found: Assessment, rule: str) -> list[Finding]:
    return [finding for finding in found.findings if finding.rule == f"quality.{rule}"]


def sentences(found: Assessment) -> str:
    return "\n".join(finding.sentence for finding in found.findings)

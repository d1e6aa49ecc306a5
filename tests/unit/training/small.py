"""A use case of three columns, its drops, and what processing made of them."""

import csv
import io
from typing import Any

import polars as pl

from dropforge.domain.contract import Contract, parse_contract
from tests.unit.training.container import Container

SMALL: dict[str, Any] = {
    "usecase": "small",
    "problem": "binary",
    "target": "y",
    "columns": {
        "n": {"type": "integer", "min": 0, "max": 9},
        "c": "category",
        "y": {"type": "category", "values": [0, 1]},
    },
    "quality": {"minimum_rows": 10, "minimum_class": 3, "bad_rows": 0.5, "duplicates": 1},
}


def small(**changes: Any) -> Contract:
    return parse_contract(SMALL | changes)


def rows(count: int = 60) -> list[str]:
    """All different, with both classes."""
    return [f"{n % 10},{'abcdefg'[n % 7]},{n * 7 % 3 % 2}" for n in range(count)]


def text(lines: list[str], header: str = "n,c,y") -> bytes:
    return "\n".join([header, *lines, ""]).encode()


def quarantined(container: Container) -> list[dict[str, str]]:
    body = container.content("processing/output/quarantine/rows.csv").decode()
    return list(csv.DictReader(io.StringIO(body)))


def part(container: Container, name: str) -> pl.DataFrame:
    return pl.read_parquet(container.base / "processing" / "output" / name / "rows.parquet")

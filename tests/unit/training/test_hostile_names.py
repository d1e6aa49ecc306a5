"""Columns called what means something to a library, or what somebody hopes it does: names are only names."""

import csv
import io
import random
from pathlib import Path

import pytest

from dropforge.domain.contract import parse_contract
from tests.unit.training.container import Container

NAMES = (
    "count",
    "len",
    "*",
    "^.*$",
    "^g.*$",
    "line",
    "value",
    '"; DROP TABLE x; --',
    "<script>",
    "{0}",
    "a\\b",
    "%s",
)


def drop(names: tuple[str, ...], target: str) -> bytes:
    made, out = random.Random(4), io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*names, target])
    for _ in range(400):
        words = [
            made.choice("xyz") if place % 2 else round(made.gauss(0, 1), 3) for place in range(len(names))
        ]
        writer.writerow([*words, "yes" if words[0] + made.gauss(0, 0.5) > 0 else "no"])
    return out.getvalue().encode()


@pytest.mark.parametrize("target", ["y", "count", "^.*$", "*"])
def test_a_model_is_made_of_columns_with_any_name(tmp_path: Path, target: str) -> None:
    names = tuple(name for name in NAMES if name != target)
    types = {name: "category" if place % 2 else "number" for place, name in enumerate(names)}
    contract = parse_contract(
        {"usecase": "names", "problem": "binary", "target": target, "columns": {**types, target: "category"}}
    )
    container = Container(tmp_path, contract)
    report = container.process(drop(names, target))
    assert report["status"] == "accepted", report["reason"]
    assert set(report["columns"]) == set(names)
    assert container.train() == 0, container.said("failure")
    assert container.evaluate() == 0, container.said("message")

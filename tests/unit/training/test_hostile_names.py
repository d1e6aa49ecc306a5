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
            made.choice("xyz") if index % 2 else round(made.gauss(0, 1), 3) for index in range(len(names))
        ]
        writer.writerow([*words, "yes" if words[0] + made.gauss(0, 0.5) > 0 else "no"])
    return out.getvalue().encode()


@pytest.mark.parametrize(
    ("other", "kind", "cell", "transform"),
    [
        ("a=x", "category", "x", {}),
        ("a month", "date", "2020-05-17", {"columns": {"a": {"parts": ["month"]}}}),
    ],
)
def test_a_column_called_as_what_is_made_of_another_is_refused(
    other: str, kind: str, cell: str, transform: dict[str, object], tmp_path: Path
) -> None:
    """Selection and reports go by names: two of one name would be taken for each other."""
    columns = {"a": kind, other: "number", "y": "category"}
    document = {"usecase": "names", "problem": "binary", "target": "y", "columns": columns}
    rows = "".join(f"{cell},{n},{'yes' if n % 3 else 'no'}\n" for n in range(400))
    container = Container(tmp_path, parse_contract(document | {"transform": transform}))
    report = container.process(f"a,{other},y\n{rows}".encode())
    assert report["rule"] == "columns"
    assert f"two columns of the matrix would be called '{other}'" in report["reason"]


@pytest.mark.parametrize("target", ["y", "count", "^.*$", "*"])
def test_a_model_is_made_of_columns_with_any_name(tmp_path: Path, target: str) -> None:
    names = tuple(name for name in NAMES if name != target)
    types = {name: "category" if index % 2 else "number" for index, name in enumerate(names)}
    contract = parse_contract(
        {"usecase": "names", "problem": "binary", "target": target, "columns": {**types, target: "category"}}
    )
    container = Container(tmp_path, contract)
    report = container.process(drop(names, target))
    assert report["status"] == "accepted", report["reason"]
    assert set(report["columns"]) == set(names)
    assert container.train() == 0, container.said("failure")
    assert container.evaluate() == 0, container.said("message")

"""What a command prints: text for a person, or exactly one JSON document."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from typing import Any

UNSEEN = "\N{REPLACEMENT CHARACTER}"
SHOWN_METRICS = ("accuracy", "auc", "f1", "precision", "recall", "rmse", "mae", "r2")


def wants_json(arguments: Namespace) -> bool:
    """True when the caller asked for a JSON document."""
    return bool(vars(arguments).get("json"))


def document(value: object) -> None:
    """Print one JSON document."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=_plain))


def note(line: str) -> None:
    """A line for the person who waits; kept off the answer."""
    print(line, file=sys.stderr, flush=True)


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under headings, each column as wide as its widest cell."""
    lines = [list(headings), *([cell(value) for value in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    for line in lines:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def cell(value: object) -> str:
    """A value as a table shows it: on one line, and without what would steer a terminal."""
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, float):
        return f"{value:.4f}"
    return "".join(each if each.isprintable() else UNSEEN for each in " ".join(str(value).split()))


def metrics(values: Mapping[str, Any]) -> str:
    """The metrics that people read first, on one line; the JSON has them all."""
    return " ".join(f"{name} {cell(values[name])}" for name in SHOWN_METRICS if name in values) or "-"


def moment(value: datetime) -> str:
    """A time as text: UTC, to the second."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(value: object) -> object:
    """What an operation returned, in what JSON has."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return moment(value) if isinstance(value, datetime) else str(value)

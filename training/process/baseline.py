"""What the training part looks like, as Model Monitor writes it: statistics.json and constraints.json.

Thin on purpose: ten equal buckets a number in place of a KLL sketch, and the constraints that the data
suggest.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from training.process.dividing import PARTS, TRAIN

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl
    from numpy.typing import NDArray

    from dropforge.domain.contract import Column, Contract
    from training.process.parts import Parts

BUCKETS = 10
MONITORING = {
    "evaluate_constraints": "Enabled",
    "emit_metrics": "Enabled",
    "datatype_check_threshold": 1.0,
    "domain_content_threshold": 1.0,
    "distribution_constraints": {
        "perform_comparison": "Enabled",
        "comparison_threshold": 0.1,
        "comparison_method": "Robust",
        "categorical_comparison_threshold": 0.1,
        "categorical_drift_method": "LInfinity",
    },
}
TYPES = {"integer": "Integral", "number": "Fractional", "category": "String", "date": "String"}


def write_baseline(parts: Parts, contract: Contract, folder: Path) -> None:
    features, train = contract.features, PARTS[TRAIN]
    statistics = {
        "version": 0.0,
        "dataset": {"item_count": parts.heights[train]},
        "features": [_statistics(column, parts.column(train, column.name)) for column in features],
    }
    constraints = {
        "version": 0.0,
        "features": [_constraints(column, parts.column(train, column.name)) for column in features],
        "monitoring_config": MONITORING,
    }
    _write(folder / "statistics.json", statistics)
    _write(folder / "constraints.json", constraints)


def _statistics(column: Column, values: pl.Series) -> dict[str, Any]:
    common = {"num_present": len(values) - values.null_count(), "num_missing": values.null_count()}
    described: dict[str, Any] = {"name": column.name, "inferred_type": TYPES[column.type]}
    if column.numeric:
        return {**described, "numerical_statistics": {"common": common, **_numbers(values)}}
    counts = sorted(values.drop_nulls().value_counts().iter_rows())
    buckets = [{"value": value, "count": count} for value, count in counts]
    return {
        **described,
        "string_statistics": {
            "common": common,
            "distinct_count": len(counts),
            "distribution": {"categorical": {"buckets": buckets}},
        },
    }


def _numbers(values: pl.Series) -> dict[str, Any]:
    present: NDArray[np.float64] = values.drop_nulls().to_numpy().astype(np.float64)
    counts, edges = np.histogram(present, bins=BUCKETS)
    buckets = [
        {"lower_bound": float(low), "upper_bound": float(high), "count": int(count)}
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]
    return {
        "mean": float(present.mean()),
        "sum": float(present.sum()),
        "std_dev": float(present.std()),
        "min": float(np.min(present)),
        "max": float(np.max(present)),
        "distribution": {"kll": {"buckets": buckets}},
    }


def _constraints(column: Column, values: pl.Series) -> dict[str, Any]:
    suggested: dict[str, Any] = {
        "name": column.name,
        "inferred_type": TYPES[column.type],
        "completeness": 1 - values.null_count() / len(values),
    }
    if column.numeric:
        return {**suggested, "num_constraints": {"is_non_negative": bool((values.drop_nulls() >= 0).all())}}
    domain = list(column.values) or sorted(values.drop_nulls().unique().to_list())
    return {**suggested, "string_constraints": {"domains": domain}}


def _write(path: Path, document: dict[str, Any]) -> None:
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")

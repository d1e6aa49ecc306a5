"""A contract of each problem that says nearly everything there is to say; tests change one key of them."""

from __future__ import annotations

import copy
from typing import Any

BINARY: dict[str, Any] = {
    "usecase": "claims",
    "problem": "binary",
    "target": "fraud",
    "positive": "Y",
    "columns": {
        "when": {"type": "date", "format": "%d-%m-%Y"},
        "age": {"type": "integer", "min": 0, "max": 120, "required": True},
        "injury": {"type": "number", "min": 0},
        "property": {"type": "number", "min": 0},
        "total": {"type": "number", "min": 0},
        "job role": {"type": "category", "values": ["clerk", "smith", 7]},
        "policy": {"type": "id", "unique": True},
        "fraud": {"type": "category", "values": ["Y", "N"]},
    },
    "drop": {"_c39": "empty in every row"},
    "reader": {
        "format": "csv",
        "delimiter": ";",
        "decimal": ",",
        "quote": "'",
        "encoding": "latin-1",
        "nulls": ["", "?"],
    },
    "rules": {
        "total adds up": "total >= injury + property",
        "plausible": "2 * `age` - 10.5 < 1e3",
    },
    "quality": {"bad_rows": 0.1, "nulls": 0.4, "constant": "refuse", "leakage": "ignore"},
    "split": {"train": 0.6, "validation": 0.2, "test": 0.2, "seed": 3, "by": "time", "column": "when"},
    "resample": {"method": "over", "ratio": 0.5},
    "transform": {
        "impute": "mean",
        "missing": "most_frequent",
        "encode": "dummies_but_first",
        "scale": "standard",
        "columns": {
            "age": {"bin": {"edges": [18, 30, 60]}, "encode": "ordinal"},
            "injury": {"log": True, "scale": "none"},
            "when": {"parts": ["month", "weekday"]},
            "job role": {"impute": "category"},
        },
        "select": {"method": "rfe", "keep": 5},
    },
    "algorithm": {"name": "xgboost", "parameters": {"max_depth": 3, "class_weight": "balanced"}},
    "tuning": {
        "strategy": "random",
        "trials": 4,
        "parallel": 2,
        "objective": "logloss",
        "ranges": {
            "eta": {"min": 0.01, "max": 0.3, "scale": "log"},
            "max_depth": {"min": 2, "max": 6},
            "class_weight": {"values": ["none", "balanced"]},
        },
    },
    "gate": {
        "auc": 0.7,
        "logloss": 0.6,
        "champion": {"metric": "f1", "margin": 0.01},
        "slices": {"columns": ["job role"], "margin": 0.2, "minimum": 20},
    },
    "confidence": 0.7,
    "resources": {"instances": 2},
    "owners": ["claims@example.com"],
}
MULTICLASS: dict[str, Any] = {
    "usecase": "species",
    "problem": "multiclass",
    "target": "kind",
    "columns": {
        "width": "number",
        "height": "number",
        "kind": {"type": "category", "values": ["a", "b", "c"]},
    },
    "algorithm": {"name": "svm", "parameters": {"gamma": "auto", "kernel": "rbf"}},
    "split": {"train": 0.8, "validation": 0, "test": 0.2, "stratify": False},
    "gate": {"weighted_f1": 0.8, "logloss": 1.0},
}
REGRESSION: dict[str, Any] = {
    "usecase": "bike",
    "problem": "regression",
    "target": "cnt",
    "columns": {"temp": "number", "season": {"type": "category", "values": [1, 2, 3, 4]}, "cnt": "integer"},
    "split": {"train": 0.7, "validation": 0, "test": 0.3, "seed": 333},
    "transform": {"encode": "dummies_but_first", "select": {"method": "vif", "limit": 5}},
    "algorithm": {"name": "linear", "parameters": {"alpha": 0.5}},
    "gate": {
        "r2": 0.8,
        "rmse": 800,
        "champion": {},
        "slices": {"columns": ["season"], "margin": 100},
    },
}
IMAGE: dict[str, Any] = {
    "usecase": "images",
    "problem": "image",
    "classes": ["bicycle", "car", "motorcycle"],
    "image": {"height": 32, "width": 48},
    "algorithm": {"name": "svm"},
    "gate": {"accuracy": 0.85},
    "confidence": 0.6,
}
SCRIPT: dict[str, Any] = {
    "usecase": "own",
    "problem": "binary",
    "target": "y",
    "columns": {"x": "number", "y": "category"},
    "algorithm": {"name": "script", "entry": "train.py", "parameters": {"layers": 3, "activation": "relu"}},
    "tuning": {"ranges": {"layers": {"min": 1, "max": 5}}},
}
WHOLES = {
    "binary": BINARY,
    "multiclass": MULTICLASS,
    "regression": REGRESSION,
    "image": IMAGE,
    "script": SCRIPT,
}


def changed(whole: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with one key set, or taken out where the value is None."""
    document = copy.deepcopy(whole)
    *above, last = path.split("/")
    part = document
    for key in above:
        part = part.setdefault(key, {})
    if value is None:
        part.pop(last, None)
    else:
        part[last] = value
    return document

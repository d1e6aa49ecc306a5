"""Which fields each part of a contract has, with limits and defaults. Parser, schema, training read this."""

from __future__ import annotations

from collections.abc import Mapping

from dropforge.domain.contract.cells import LARGEST_NUMBER
from dropforge.domain.contract.fields import Field, Flag, Number, Text, Texts, Word

Fields = Mapping[str, Field]

SEED = Number(0, 2**31 - 1, 7, whole=True)
INSTANCE = Text(r"ml\.[a-z0-9-]{1,32}\.[a-z0-9]{1,32}", "an instance type such as ml.m5.large", "ml.m5.large")
ANY_TEXT = Text(r"[^\x00]{0,64}", "a text of at most 64 characters")
NAME = Text(r"(?!\s)[^\x00-\x1f\x7f]{1,256}(?<!\s)", "a column's name (1 to 256 characters)")
REASON = Text(r"[\s\S]{1,500}", "a reason of 1 to 500 characters")
OWNER = Text(r"[^@\s]{1,64}@[^@\s]{1,255}", "an e-mail address")

USECASE = Text(r"[a-z][a-z0-9-]{0,30}", "a name of at most 31 lower-case letters, digits and dashes")
PROBLEM = Word(("binary",), planned=("multiclass", "regression", "image"))
CONFIDENCE = Number(0, 1, 0.5)
OWNERS = Texts(OWNER, 20)

READER: Fields = {
    "delimiter": Text(r"[,;|\t:^~ ]", "a delimiter: one of , ; | : ^ ~ tab and space", ","),
    "encoding": Word(("utf-8", "utf-16", "latin-1", "windows-1252"), "utf-8"),
    "nulls": Texts(ANY_TEXT, 20, ("",)),
}
QUALITY: Fields = {
    "bad_rows": Number(0, 1, 0.05),
    "duplicates": Number(0, 1, 0.05),
    "minimum_rows": Number(10, 10**9, 200, whole=True),
    "minimum_class": Number(3, 10**9, 20, whole=True),
    "megabytes": Number(0.001, 5_000_000, 2048),
}
SPLIT: Fields = {
    "train": Number(0.05, 0.9, 0.7),
    "validation": Number(0.05, 0.9, 0.15),
    "test": Number(0.05, 0.9, 0.15),
    "seed": SEED,
}
SERVING: Fields = {
    "instance_type": INSTANCE,
    "instances": Number(1, 100, 1, whole=True),
    "capture": Number(0, 100, 100, whole=True),
    "latency_ms": Number(1, 60_000, 1000, whole=True),
}
RESOURCES: Fields = {
    "instance_type": INSTANCE,
    "instances": Number(1, 1, 1, whole=True),
    "volume_gb": Number(1, 16_384, 10, whole=True),
    "minutes": Number(1, 7_200, 60, whole=True),
}
ALGORITHM_NAME = Word(("xgboost",), "xgboost")
XGBOOST: Fields = {
    "rounds": Number(1, 10_000, 200, whole=True),
    "early_stopping": Number(1, 10_000, 20, whole=True),
    "max_depth": Number(1, 20, 6, whole=True),
    "eta": Number(0.0001, 1, 0.1),
    "min_child_weight": Number(0, 1e6, 1),
    "gamma": Number(0, 1e6, 0),
    "subsample": Number(0.01, 1, 1),
    "colsample_bytree": Number(0.01, 1, 1),
    "lambda": Number(0, 1e6, 1),
    "alpha": Number(0, 1e6, 0),
    "scale_pos_weight": Number(0.0001, 1e6, 1),
}
ALGORITHMS: Mapping[str, Fields] = {"xgboost": XGBOOST}

MEASURED = ("accuracy", "auc", "precision", "recall", "f0_5", "f1", "f2", "true_negative_rate")
GATE: Fields = {metric: Number(0, 1) for metric in MEASURED}
DEFAULT_GATE = {"auc": 0.5}

COLUMN_TYPES = ("integer", "number", "category", "string", "date", "id")
COLUMN: Fields = {
    "type": Word(COLUMN_TYPES),
    "min": Number(-LARGEST_NUMBER, LARGEST_NUMBER),
    "max": Number(-LARGEST_NUMBER, LARGEST_NUMBER),
    "required": Flag(False),
    "unique": Flag(False),
}
MOST_COLUMNS = 2000
MOST_VALUES = 1000
TOP = (
    "usecase",
    "problem",
    "target",
    "positive",
    "columns",
    "drop",
    "reader",
    "quality",
    "split",
    "algorithm",
    "gate",
    "confidence",
    "serving",
    "resources",
    "owners",
)
REQUIRED = ("usecase", "problem", "target", "columns")

"""The JSON Schema of a contract, so that editors complete it and underline what is wrong while it is written.

Made from the same fields that the parser reads; `python -m dropforge.domain.contract.schema` prints it, and a
test keeps `contract.schema.json` equal to it. It cannot say what spans two keys (that the split adds up to 1,
that the target is a column): the parser alone does.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from dropforge.domain.contract import sections
from dropforge.domain.contract.fields import Word

VALUE = {"type": ["string", "number", "boolean"], "description": "One value of a category."}
DESCRIPTIONS = {
    "usecase": "The use case's name; drops of it go under drops/<usecase>/.",
    "problem": "What kind of answer the model gives.",
    "target": "The column to predict.",
    "positive": "The target's value that counts as positive; without it 1, true, yes or y.",
    "columns": "Every column of the file but the dropped ones, in its order: the type, or more about it.",
    "drop": "Columns of the file that nothing reads, each with the reason why.",
    "reader": "How the file is written.",
    "quality": "How much may be wrong with a drop that still becomes a model (shares of its rows).",
    "split": "The shares of train, validation and test; they add up to 1.",
    "algorithm": "What learns, and its parameters.",
    "gate": "The least that each metric must reach on the test part before a model is registered.",
    "confidence": "Answers given with less confidence than this are put to a person.",
    "serving": "What the endpoint runs on, and the share of requests it records.",
    "resources": "What the jobs run on, and for how long at most.",
    "owners": "Who is told.",
}


def schema() -> dict[str, Any]:
    properties = _properties()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Dropforge contract",
        "type": "object",
        "required": list(sections.REQUIRED),
        "additionalProperties": False,
        "properties": {name: properties[name] | {"description": DESCRIPTIONS[name]} for name in sections.TOP},
    }


def _properties() -> dict[str, dict[str, Any]]:
    gate = _section(sections.GATE) | {"minProperties": 1, "default": dict(sections.DEFAULT_GATE)}
    return {
        "usecase": sections.USECASE.schema(),
        "problem": sections.PROBLEM.schema(),
        "target": sections.NAME.schema(),
        "positive": VALUE,
        "columns": _columns(),
        "drop": _drop(),
        "reader": _section(sections.READER),
        "quality": _section(sections.QUALITY),
        "split": _section(sections.SPLIT),
        "algorithm": _algorithm(),
        "gate": gate,
        "confidence": sections.CONFIDENCE.schema(),
        "serving": _section(sections.SERVING),
        "resources": _section(sections.RESOURCES),
        "owners": sections.OWNERS.schema(),
    }


def _drop() -> dict[str, Any]:
    return {
        "type": "object",
        "propertyNames": sections.NAME.schema(),
        "additionalProperties": sections.REASON.schema(),
    }


def _section(fields: sections.Fields) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: field.schema() for name, field in fields.items()},
    }


def _columns() -> dict[str, Any]:
    long = _section(sections.COLUMN) | {"required": ["type"]}
    long["properties"]["values"] = {
        "type": "array",
        "items": VALUE,
        "minItems": 1,
        "maxItems": sections.MOST_VALUES,
        "description": "A category's allowed values.",
    }
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": sections.MOST_COLUMNS,
        "propertyNames": sections.NAME.schema(),
        "additionalProperties": {"anyOf": [Word(sections.COLUMN_TYPES).schema(), long]},
    }


def _algorithm() -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "name": sections.ALGORITHM_NAME.schema(),
            "parameters": _section(sections.XGBOOST),
        },
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")

"""The JSON Schema of a contract, so that editors complete it and underline what is wrong while it is written.

Made from the same fields that the parser reads; `python -m dropforge.domain.contract.schema` prints it, and a
test keeps `contract.schema.json` equal to it. It cannot say what spans two keys (that the split adds up to 1,
that the target is a column): the parser alone does.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from dropforge.domain.contract import algorithms, metrics, sections
from dropforge.domain.contract.fields import Word
from dropforge.domain.contract.parts.tuning import MOST_CHOICES, MOST_RANGES

VALUE = {"type": ["string", "number", "boolean"], "description": "One value of a category."}
DESCRIPTIONS = {
    "usecase": "The use case's name; its files go under drops/NAME/.",
    "problem": "What kind of answer the model gives.",
    "target": "The column to predict; of pictures, what their folder says.",
    "positive": "The target's value that counts as positive; without it 1, true, yes or y.",
    "classes": "The folders of pictures that are classes; without it, every folder.",
    "columns": "The columns of the file: the type of each, or more about it.",
    "drop": "Columns of the file that nothing reads, each with the reason why.",
    "reader": "How the file is written.",
    "image": "To what size every picture is brought.",
    "rules": "Comparisons of sums of columns; rows that break one go to quarantine under its name.",
    "quality": "How much may be wrong with a drop that still becomes a model.",
    "split": "The shares of train, validation and test, and how rows are told off to them.",
    "resample": "Balances the classes, in the training part only.",
    "transform": "How columns become the numbers that are learnt from.",
    "algorithm": "What learns, and its parameters.",
    "tuning": "The search for better parameters; without it, there is none.",
    "gate": "What a model must reach on the test part before it is registered.",
    "confidence": "Answers given with less confidence than this are put to a person; classes only.",
    "serving": "What the endpoint runs on, and the share of requests it records.",
    "resources": "What the jobs run on, and for how long at most.",
    "owners": "Who is told: e-mail addresses.",
}


def schema() -> dict[str, Any]:
    properties = _properties()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Dropforge contract",
        "type": "object",
        "required": ["usecase", "problem"],
        "additionalProperties": False,
        "properties": {name: {"description": DESCRIPTIONS[name]} | properties[name] for name in sections.TOP},
        "allOf": [_of(problem) for problem in metrics.PROBLEMS],
    }


def _properties() -> dict[str, dict[str, Any]]:
    return {
        "usecase": sections.USECASE.schema(),
        "problem": sections.PROBLEM.schema(),
        "target": sections.NAME.schema(),
        "positive": VALUE | {"description": DESCRIPTIONS["positive"]},
        "classes": sections.CLASS_NAMES.schema(),
        "columns": _columns(),
        "drop": _mapping(sections.NAME, sections.REASON.schema()),
        "reader": _section(sections.READER),
        "image": _section(sections.IMAGE),
        "rules": _mapping(sections.RULE_NAME, sections.RULE.schema())
        | {"maxProperties": sections.MOST_RULES},
        "quality": _section(sections.QUALITY),
        "split": _section(sections.SPLIT),
        "resample": _section(sections.RESAMPLE),
        "transform": _transform(),
        "algorithm": _algorithm(),
        "tuning": _tuning(),
        "gate": _gate(),
        "confidence": sections.CONFIDENCE.schema(),
        "serving": _section(sections.SERVING),
        "resources": _section(sections.RESOURCES),
        "owners": sections.OWNERS.schema(),
    }


def _of(problem: str) -> dict[str, Any]:
    """What holds for one problem only."""
    image = problem == metrics.IMAGE
    elsewhere = set(metrics.EVERY) - set(metrics.measured(problem))
    without = sections.OF_TABLES if image else sections.OF_IMAGES
    then: dict[str, Any] = {
        "properties": {
            "gate": {"properties": dict.fromkeys(sorted(elsewhere), False)},
            **dict.fromkeys(without, False),
        }
    }
    if not image:
        then["required"] = ["target", "columns"]
    return {"if": {"properties": {"problem": {"const": problem}}, "required": ["problem"]}, "then": then}


def _mapping(key: Any, value: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "propertyNames": key.schema(), "additionalProperties": value}


def _section(fields: sections.Fields, **also: dict[str, Any]) -> dict[str, Any]:
    described = {name: field.schema() for name, field in fields.items()}
    return {"type": "object", "additionalProperties": False, "properties": described | also}


def _columns() -> dict[str, Any]:
    values = {
        "type": "array",
        "items": VALUE,
        "minItems": 1,
        "maxItems": sections.MOST_VALUES,
        "description": "A category's allowed values; without them, any.",
    }
    long = _section(sections.COLUMN, values=values) | {"required": ["type"]}
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": sections.MOST_COLUMNS,
        "propertyNames": sections.NAME.schema(),
        "additionalProperties": {"anyOf": [Word(sections.COLUMN_TYPES).schema(), long]},
    }


def _transform() -> dict[str, Any]:
    bins = _section(sections.BIN) | {
        "minProperties": 1,
        "maxProperties": 1,
        "description": "Parts a number into bins: one of the three.",
    }
    own = _section(sections.COLUMN_TRANSFORM, bin=bins) | {"minProperties": 1}
    columns = _mapping(sections.NAME, own) | {"description": "What single columns have of their own."}
    select = _section(sections.SELECT) | {
        "required": ["method"],
        "description": "Which of the numbers are kept; without it, all.",
    }
    return _section(sections.TRANSFORM, columns=columns, select=select)


def _algorithm() -> dict[str, Any]:
    described = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "name": algorithms.NAME.schema(),
            "parameters": {"type": "object"},
            "entry": algorithms.ENTRY.schema(),
        },
    }
    return described | {"allOf": [_parameters(name) for name in algorithms.ALGORITHMS]}


def _parameters(name: str) -> dict[str, Any]:
    condition: dict[str, Any] = {"properties": {"name": {"const": name}}}
    if name != algorithms.NAME.default:
        condition["required"] = ["name"]
    if name == algorithms.SCRIPT:
        free = {"anyOf": [algorithms.SCRIPT_NUMBER.schema(), algorithms.SCRIPT_TEXT.schema()]}
        parameters = _mapping(algorithms.SCRIPT_PARAMETER, free)
        parameters |= {"maxProperties": algorithms.MOST_SCRIPT_PARAMETERS}
        return {"if": condition, "then": {"properties": {"parameters": parameters}, "required": ["entry"]}}
    parameters = _section(algorithms.ALGORITHMS[name])
    return {"if": condition, "then": {"properties": {"parameters": parameters, "entry": False}}}


def _tuning() -> dict[str, Any]:
    objectives = dict.fromkeys(metric for of in metrics.OBJECTIVES.values() for metric in of)
    objective = {"enum": list(objectives), "description": "The metric of the validation part to improve."}
    value = {"type": ["string", "number"]}
    values = {
        "type": "array",
        "items": value,
        "minItems": 1,
        "maxItems": MOST_CHOICES,
        "description": "The values to choose from, instead of min and max.",
    }
    ranges = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": MOST_RANGES,
        "additionalProperties": _section(sections.RANGE, values=values),
        "description": "The parameters that are searched, each with min and max, or values.",
    }
    return _section(sections.TUNING, objective=objective, ranges=ranges) | {"required": ["ranges"]}


def _gate() -> dict[str, Any]:
    compared = {"enum": list(metrics.EVERY), "description": "What is compared."}
    champion = _section(sections.CHAMPION, metric=compared)
    slices = _section(sections.SLICES, metric=compared) | {"required": ["columns"]}
    champion["description"] = "Refuses a model that is worse than the one in force."
    slices["description"] = "Refuses a model that is worse for some group of rows."
    return _section(metrics.EVERY, champion=champion, slices=slices) | {"minProperties": 1}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")

"""What the state machines hand to their functions → what they speak of."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from dropforge.domain.errors import BadEvent
from dropforge.domain.names import is_usecase
from dropforge.domain.run import InferenceRun


def inference_run(document: object) -> InferenceRun:
    if not isinstance(document, dict):
        raise BadEvent("inference", "job", f"is {type(document).__name__}, not an object")
    names = [field.name for field in fields(InferenceRun)]
    missing = [name for name in names if name not in document]
    if missing:
        raise BadEvent("inference", f"job.{missing[0]}", "is missing")
    return InferenceRun(**{name: document[name] for name in names})


def count(event: dict[str, Any], name: str) -> int:
    value = event.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BadEvent("inference", name, f"is {value!r}, not a count")
    return value


def usecase_named(event: dict[str, Any]) -> str:
    value = event.get("usecase")
    if not isinstance(value, str) or not is_usecase(value):
        raise BadEvent("training", "usecase", f"is {value!r}, not a use case's name")
    return value

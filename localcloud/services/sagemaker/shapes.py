"""botocore's own model of SageMaker: the list of operations, members, patterns and limits trusted here.

Records are kept in the wire's own form (timestamps are epoch seconds), so an answer is a record cut down to
the members that the output shape knows; whatever a record keeps for itself never leaves. The cost:
botocore's model decides what a valid request is, and a newer botocore may be stricter or laxer than the AWS
of today.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from localcloud.api.models import clean_session, service_model

CONTROL = "sagemaker"
RUNTIME = "sagemaker-runtime"


def operation_model(action: str) -> OperationModel | None:
    """The model of an operation, or None where SageMaker itself has no such operation."""
    model = service_model(CONTROL)
    return model.operation_model(action) if action in model.operation_names else None


def runtime_operation(method: str, path: str) -> str | None:
    """The operation of SageMaker's REST services that has this method and path."""
    for name, (verb, pattern) in _runtime_operations().items():
        if verb == method and pattern.fullmatch(path):
            return name
    return None


@cache
def _runtime_operations() -> dict[str, tuple[str, re.Pattern[str]]]:
    services = [name for name in clean_session().get_available_services() if name.startswith("sagemaker")]
    models = [service_model(name) for name in services if name != CONTROL]
    asked = {name: model.operation_model(name).http for model in models for name in model.operation_names}
    return {name: (http["method"], _pattern_of(http["requestUri"])) for name, http in asked.items()}


def _pattern_of(uri: str) -> re.Pattern[str]:
    """`/endpoints/{EndpointName}/invocations`, as an expression."""
    return re.compile(re.sub(r"\{[^}]+\}", "[^/]+", uri.partition("?")[0]) + "/?")


def answer(action: str, record: dict[str, Any]) -> dict[str, Any]:
    """The record cut down to what the operation's output shape knows."""
    model = operation_model(action)
    if model is None or model.output_shape is None:
        return {}
    cut: dict[str, Any] = known_members(model.output_shape, record)
    return cut


def known_members(shape: Shape, value: Any) -> Any:
    """The value without the members that the shape does not have, at every level, and without Nones."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        kept = {name: value[name] for name in shape.members if value.get(name) is not None}
        return {name: known_members(shape.members[name], item) for name, item in kept.items()}
    if isinstance(shape, ListShape) and isinstance(value, list | tuple):
        return [known_members(shape.member, item) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: known_members(shape.value, item) for key, item in value.items()}
    return value

"""Checks of a Task's Resource and arguments against AWS's own API models."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from localcloud.services.states import jobs
from localcloud.services.states.sdk import operation, service_name

_SDK = re.compile(r"^arn:aws[\w-]*:states:::aws-sdk:([^:.]+):([^:.]+)(\.waitForTaskToken)?$")
_OPTIMISED = re.compile(r"^arn:aws[\w-]*:states:::([\w-]+):([\w-]+)(\.[\w:]+)?$")
_OTHER = re.compile(r"^arn:aws[\w-]*:(lambda:[\w-]*:\d*:function:.+|states:[\w-]*:\d*:activity:.+)$")
# Optimised integrations whose actions are those of the API.
_LIKE_API = {"sns": "sns", "sqs": "sqs", "dynamodb": "dynamodb", "events": "events", "sagemaker": "sagemaker"}
_ACTIONS = {
    "lambda": {"invoke"},
    "sns": {"publish"},
    "sqs": {"sendMessage"},
    "events": {"putEvents"},
    "dynamodb": {"getItem", "putItem", "updateItem", "deleteItem"},
    "states": {"startExecution"},
    "sagemaker": {*jobs.JOBS, *jobs.REQUESTS, "createLabelingJob"},
}
# Optimised integrations that exist and whose arguments are not checked here.
_UNCHECKED = {
    "batch",
    "ecs",
    "glue",
    "athena",
    "codebuild",
    "bedrock",
    "http",
    "apigateway",
    "emr-serverless",
    "elasticmapreduce",
    "emr-containers",
    "eks",
    "databrew",
    "mediaconvert",
    "aws-sdk",
}
_SYNC = {*jobs.JOBS, "createLabelingJob", "startExecution"}


def problems(resource: Any, arguments: Any) -> Iterator[str]:
    """What is wrong with a Task's Resource and its literal arguments."""
    if not isinstance(resource, str) or not resource:
        yield "Resource must be an ARN"
        return
    if "${" in resource or resource.startswith("{%") or _OTHER.match(resource):
        return
    sdk = _SDK.match(resource)
    if sdk:
        yield from _sdk(sdk.group(1), sdk.group(2), arguments)
        return
    optimised = _OPTIMISED.match(resource)
    if not optimised:
        yield f"Resource {resource!r} is neither a service integration nor a function nor an activity"
        return
    yield from _optimised(optimised.group(1), optimised.group(2), optimised.group(3) or "", arguments)


def _sdk(service: str, action: str, arguments: Any) -> Iterator[str]:
    name = service_name(service)
    if name is None:
        yield f"AWS has no service {service!r}"
        return
    model = operation(name, action)
    if model is None or action[:1].isupper() or model.name.lower() != action.lower():
        yield f"{service} has no action {action!r}" + (
            " (actions are written in lower camel case)" if model else ""
        )
        return
    yield from _fields(model.input_shape, arguments, f"{service}:{action}")


def _optimised(service: str, action: str, pattern: str, arguments: Any) -> Iterator[str]:
    if service in _UNCHECKED:
        return
    if service not in _ACTIONS:
        yield f"Step Functions has no optimised integration for {service!r}; use aws-sdk:{service}:{action}"
        return
    if action not in _ACTIONS[service]:
        hint = f"; use aws-sdk:{service}:{action}" if service in _LIKE_API else ""
        yield f"Step Functions' integration of {service} has no action {action!r}{hint}"
        return
    if pattern.startswith(".sync") and action not in _SYNC:
        yield f"{service}:{action} does not support .sync"
    if pattern == ".waitForTaskToken" and service in ("sagemaker", "dynamodb"):
        yield f"{service}:{action} does not support .waitForTaskToken"
    if service in _LIKE_API:
        model = operation(_LIKE_API[service], action)
        yield from _fields(model.input_shape if model else None, arguments, f"{service}:{action}")
    elif service == "lambda" and isinstance(arguments, Mapping) and "FunctionName" not in _names(arguments):
        yield "lambda:invoke needs FunctionName"


def _names(arguments: Mapping[str, Any]) -> set[str]:
    return {key.removesuffix(".$") for key in arguments}


def _fields(shape: Any, value: Any, path: str) -> Iterator[str]:
    """Unknown and missing fields of what is written out; expressions are known only when they run."""
    if shape is None or not isinstance(value, (Mapping, list)):
        return
    if shape.type_name == "list" and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _fields(shape.member, item, f"{path}[{index}]")
    elif shape.type_name == "map" and isinstance(value, Mapping):
        for key, item in value.items():
            yield from _fields(shape.value, item, f"{path}.{key}")
    elif shape.type_name == "structure" and isinstance(value, Mapping):
        yield from _structure(shape, value, path)


def _structure(shape: Any, value: Mapping[str, Any], path: str) -> Iterator[str]:
    known = {name.lower(): name for name in shape.members}
    given = {key.removesuffix(".$").lower(): (key, item) for key, item in value.items()}
    for lower, (key, item) in given.items():
        if lower not in known:
            yield f"{path} has no field {key!r}"
        else:
            yield from _fields(shape.members[known[lower]], item, f"{path}.{key}")
    for name in shape.required_members:
        # The caller's token is filled in by Step Functions itself.
        if name.lower() not in given and not shape.members[name].metadata.get("idempotencyToken"):
            yield f"{path} needs the field {name!r}"

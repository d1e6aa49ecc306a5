"""Which services a template touches: by its resources, by the actions that its policies allow, and by the
tasks of its state machines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from localcloud.deploy.template import read_template

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# SAM's own types are resources of these services.
_SAM = {
    "AWS::Serverless::Function": "lambda",
    "AWS::Serverless::LayerVersion": "lambda",
    "AWS::Serverless::StateMachine": "stepfunctions",
    "AWS::Serverless::SimpleTable": "dynamodb",
}
# Where a template's, a policy's or a task's word is not botocore's.
_NAMES = {
    "states": "stepfunctions",
    "eventbridge": "events",
    "cloudwatchlogs": "logs",
    "sfn": "stepfunctions",
}
# Of SAM's policies and events.
_WORDS = {"EventBridgeRule": "events", "CloudWatchEvent": "events", "Schedule": "events", "SQS": "sqs"}
_TYPE = re.compile(r"AWS::([A-Za-z0-9]+)::[A-Za-z0-9]+")
_ACTION = re.compile(r"([a-z][a-z0-9-]*):[A-Z*][A-Za-z]*\*?")
_TASK = re.compile(r":states:::(?:aws-sdk:)?([a-z0-9]+):[A-Za-z]+")
# Words before a colon that are not a service: condition keys of AWS's own.
_NO_SERVICES = {"aws"}


def services_of(template: Path) -> list[str]:
    """By botocore's names, sorted; CloudFormation is always among them."""
    found = {"cloudformation"}
    for path in (template, *_definitions(template)):
        document = read_template(path) if path == template else {"": path.read_text("utf-8")}
        for text in _texts(document):
            found.update(_named(text))
    return sorted(found)


def resource_types(template: Path) -> list[str]:
    return sorted({str(item["Type"]) for item in read_template(template)["Resources"].values()})


def _definitions(template: Path) -> Iterator[Path]:
    for resource in read_template(template)["Resources"].values():
        uri = resource.get("Properties", {}).get("DefinitionUri")
        if isinstance(uri, str) and not uri.startswith("s3://"):
            yield template.parent / uri


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _named(text: str) -> Iterator[str]:
    if text in _SAM or text in _WORDS:
        yield _SAM.get(text) or _WORDS[text]
    elif (kind := _TYPE.fullmatch(text)) and kind.group(1) not in ("Serverless", "SSM"):
        yield _name(kind.group(1))
    elif (action := _ACTION.fullmatch(text)) and action.group(1) not in _NO_SERVICES:
        yield _name(action.group(1))
    else:
        yield from (_name(task) for task in _TASK.findall(text))


def _name(word: str) -> str:
    return _NAMES.get(word.lower(), word.lower())

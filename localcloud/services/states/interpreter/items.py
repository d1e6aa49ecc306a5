"""The items of a distributed Map that come from S3: a list of objects, or the rows of one object."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.services.states.interpreter.faults import failure
from localcloud.services.states.interpreter.seam import HistoryEventType
from localcloud.services.states.interpreter.services import client_of

_FAILED = "States.ItemReaderFailed"
_DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}


class Unreadable(Exception):
    """The object is not what ReaderConfig says."""


def read(reader: Any, more: dict[str, Any], env: Any) -> list[Any]:
    """The items that an ItemReader finds; a failure is States.ItemReaderFailed. `more` holds what moto
    cannot read.
    """
    config: dict[str, Any] = dict(more)
    if reader.reader_config:
        reader.reader_config.eval(env=env)
        config = {**env.stack.pop(), **more}
    if reader.parargs:
        reader.parargs.eval(env=env)
        where = env.stack.pop()
    else:
        where = {}
    most = config.get("MaxItemsValue")
    try:
        return list(itertools.islice(_items(reader.resource, config, where, env), most))
    except (ClientError, BotoCoreError, Unreadable, TypeError) as error:
        raise failure(
            env, _FAILED, str(error), event=HistoryEventType.MapRunFailed, details="mapRunFailedEventDetails"
        ) from error


def _items(resource: Any, config: dict[str, Any], where: dict[str, Any], env: Any) -> Iterator[Any]:
    s3 = client_of(env.aws_execution_details.role_arn, "s3")
    if resource.api_action.lower() == "listobjectsv2":
        return _listed(s3, where)
    body = s3.get_object(**where)["Body"].read().decode("utf-8-sig")
    kind = config.get("InputType") or "JSON"
    if kind not in _READERS:
        raise Unreadable(f"The local cloud reads items from {', '.join(_READERS)}, not from {kind}")
    return _READERS[kind](body, config)


def _listed(s3: Any, where: dict[str, Any]) -> Iterator[Any]:
    for page in s3.get_paginator("list_objects_v2").paginate(**where):
        for found in page.get("Contents", []):
            yield {
                "Etag": found["ETag"],
                "Key": found["Key"],
                "LastModified": int(found["LastModified"].timestamp()),
                "Size": found["Size"],
                "StorageClass": found.get("StorageClass", "STANDARD"),
            }


def _json(body: str, config: dict[str, Any]) -> Iterator[Any]:
    try:
        value = json.loads(body)
    except ValueError as error:
        raise Unreadable(f"The object is not JSON: {error}") from error
    pointer = str(config.get("ItemsPointer") or "")
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(value, dict) or key not in value:
            raise Unreadable(f"ItemsPointer '{pointer}' leads to nothing")
        value = value[key]
    # AWS documents that a pointer may lead to an object; a file that is one was seen to be refused.
    if pointer and isinstance(value, dict):
        return iter([{"Key": key, "Value": item} for key, item in value.items()])
    if not isinstance(value, list):
        raise Unreadable("Attempting to map over non-iterable node.")
    return iter(value)


def _json_lines(body: str, _: dict[str, Any]) -> Iterator[Any]:
    for number, line in enumerate(body.splitlines(), 1):
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError as error:
                raise Unreadable(f"Line {number} of the object is not JSON: {error}") from error


def _csv(body: str, config: dict[str, Any]) -> Iterator[Any]:
    rows = csv.reader(
        io.StringIO(body), delimiter=_DELIMITERS.get(str(config.get("CSVDelimiter") or "COMMA"), ",")
    )
    headers = config.get("CSVHeaders") if config.get("CSVHeaderLocation") == "GIVEN" else next(rows, None)
    if not headers:
        raise Unreadable("CSV headers are missing.")
    if len(set(headers)) < len(headers):
        raise Unreadable("CSV headers cannot contain duplicates.")
    return (
        {name: row[at] if at < len(row) else "" for at, name in enumerate(headers)} for row in rows if row
    )


_READERS: dict[str, Callable[[str, dict[str, Any]], Iterator[Any]]] = {
    "CSV": _csv,
    "JSON": _json,
    "JSONL": _json_lines,
}

"""Which operations the pinned MiniStack has: each one of AWS's model is asked for.

MiniStack does not keep a list. Where a request names its operation (the JSON and the query protocols), it is
asked for each by name with no parameters, and has those that it does not answer like one that nobody has. A
process of its own does that, without a cloud and with a state that is thrown away. Where a request is a path
(REST: S3, Lambda), no answer tells an unknown operation from an unknown resource; there an operation counts
that has a function of its name, and others may be answered too (`is_complete`). The cost: an operation that
only refuses counts; what is known of such is in the facts.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import re
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.model import ServiceModel

from localcloud.ministack import settings

# Where MiniStack's name of a service is not botocore's.
_ROUTED = {"cloudwatch": "monitoring", "stepfunctions": "states"}
_ACCOUNT, _REGION, _PORT = "000000000000", "us-east-1", 4566
_NOBODYS = "NoSuchOperation"
_IDENTITY = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_SECONDS = 5.0


@cache
def inventory(services: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """By botocore's name of each service: the operations that are there."""
    command = [sys.executable, "-m", __name__, *services]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    return {name: tuple(found) for name, found in json.loads(ran.stdout.splitlines()[-1]).items()}


def is_complete(service: str) -> bool:
    """Whether no operations are there but those that are counted."""
    return not _model(service).metadata["protocol"].startswith("rest-")


@cache
def resource_types() -> frozenset[str]:
    """MiniStack's own CloudFormation types."""
    from ministack.services.cloudformation import provisioners

    return frozenset(provisioners._RESOURCE_HANDLERS)  # noqa: SLF001 - there is no public list


@cache
def _model(service: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)


def version() -> str:
    import importlib.metadata

    return importlib.metadata.version("ministack")


def main(services: list[str]) -> None:
    """Print what `inventory` says, in a process that has not imported MiniStack."""
    with tempfile.TemporaryDirectory() as folder:
        settings.prepare(Path(folder), _PORT, _ACCOUNT, _REGION)
        print(json.dumps(asyncio.run(_inventory(services))))


async def _inventory(services: list[str]) -> dict[str, list[str]]:
    return {name: await _asked(name) if is_complete(name) else _with_function(name) for name in services}


async def _asked(service: str) -> list[str]:
    model = _model(service)
    unknown = await _answer(model.metadata, _NOBODYS)
    return [name for name in model.operation_names if await _answer(model.metadata, name) != unknown]


async def _answer(metadata: dict[str, Any], operation: str) -> tuple[int, str] | None:
    """Status and body without what is always different; None where there is no answer so soon, which an
    unknown operation has."""
    from ministack import app

    sent: list[dict[str, Any]] = []
    headers, body = _request(metadata, operation)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}
    try:
        await asyncio.wait_for(app.app(scope, receive, send), _SECONDS)
    except TimeoutError:
        return None
    text = b"".join(message.get("body", b"") for message in sent[1:]).decode("utf-8", "replace")
    return sent[0]["status"], _IDENTITY.sub("", text).replace(operation, "")


def _request(metadata: dict[str, Any], operation: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """A call without parameters, in the protocol by which the service is told the operation's name."""
    signed_for = metadata.get("signingName", metadata["endpointPrefix"])
    credential = f"Credential={_ACCOUNT}/20260101/{_REGION}/{signed_for}/aws4_request"
    named = {
        "authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0",
        "host": f"127.0.0.1:{_PORT}",
    }
    if "targetPrefix" in metadata:
        named["x-amz-target"] = f"{metadata['targetPrefix']}.{operation}"
        named["content-type"] = f"application/x-amz-json-{metadata.get('jsonVersion', '1.0')}"
        body = "{}"
    else:
        named["content-type"] = "application/x-www-form-urlencoded"
        body = f"Action={operation}&Version={metadata['apiVersion']}"
    return [(name.encode(), value.encode()) for name, value in named.items()], body.encode()


def _with_function(service: str) -> list[str]:
    from ministack.app import SERVICE_REGISTRY

    module = SERVICE_REGISTRY[_ROUTED.get(service, service)]["module"]
    functions = {
        name.lstrip("_")
        for name, value in vars(importlib.import_module(f"ministack.services.{module}")).items()
        if callable(value)
    }
    return [name for name in _model(service).operation_names if xform_name(name) in functions]


if __name__ == "__main__":
    main(sys.argv[1:])

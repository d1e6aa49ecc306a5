"""A request to the live model, in whichever language the records came: a table, JSON or a picture."""

import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from dropforge.aws.clients import code_of, message_of
from dropforge.aws.sagemaker_runtime import JSON, invoke, words_of
from dropforge.operations.errors import ModelRefused, NothingToPredict, NotJson, NotServed, TooLarge
from dropforge.operations.stack import Stack

CSV, LINES = "text/csv", "application/jsonlines"
BY_SUFFIX = {
    ".csv": CSV,
    ".json": JSON,
    ".jsonl": LINES,
    ".jsonlines": LINES,
    ".ndjson": LINES,
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
    ".gif": "image/gif",
}
LARGEST = 6 * 1024 * 1024  # what InvokeEndpoint takes in one call


@dataclass(frozen=True)
class Request:
    """A body and its content type."""

    body: bytes
    content_type: str


def request_for(suffix: str, body: bytes) -> Request:
    """The request for a file's bytes; where its name has no known ending, its content says what it is."""
    if not body.strip():
        raise NothingToPredict
    if len(body) > LARGEST:
        raise TooLarge(len(body) / 1e6, LARGEST / 1e6)
    content_type = BY_SUFFIX.get(suffix.lower()) or _content_type_of(body)
    return Request(_as_instances(body) if content_type == JSON else body, content_type)


def predict(stack: Stack, usecase: str, request: Request) -> list[dict[str, Any]]:
    """One prediction a record."""
    endpoint = stack.named(usecase)
    try:
        answer = invoke(stack.client, endpoint, request.body, request.content_type)
    except ClientError as fault:
        raise _refusal(usecase, endpoint, fault) from None
    return list(json.loads(answer)["predictions"])


def _content_type_of(body: bytes) -> str:
    """JSON, JSON lines or CSV, by the first character and the number of documents."""
    text = body.decode("utf-8", errors="replace").strip().removeprefix("\ufeff")
    if not text.startswith(("{", "[")):
        return CSV
    try:
        json.loads(text)
    except ValueError:
        return LINES
    return JSON


def _as_instances(body: bytes) -> bytes:
    """The service's own shape, from that or from one record or a list of them."""
    try:
        value = json.loads(body)
    except ValueError as fault:
        raise NotJson(str(fault)) from None
    if isinstance(value, dict) and "instances" in value:
        return body
    return json.dumps({"instances": value if isinstance(value, list) else [value]}).encode()


def _refusal(usecase: str, endpoint: str, fault: ClientError) -> Exception:
    message = message_of(fault)
    if code_of(fault) == "ModelError":
        return ModelRefused(str(fault.response.get("OriginalStatusCode")), words_of(fault))
    if "not found" in message.lower() or code_of(fault) == "ValidationError":
        return NotServed(usecase, endpoint, message.rstrip("."))
    return fault

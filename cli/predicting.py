"""A request to the live model, in whichever language the records came: a table, JSON or a picture."""

import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from cli.aws_errors import code_of
from cli.errors import Refused, UserError
from cli.place import Place

CSV, JSON, LINES = "text/csv", "application/json", "application/jsonlines"
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
    """The request for a file's bytes; a name without a known ending is judged by what is in it."""
    if not body.strip():
        raise UserError("there is nothing to predict: the file is empty")
    if len(body) > LARGEST:
        raise UserError(
            f"{len(body) / 1e6:.1f} MB is more than one request holds ({LARGEST / 1e6:.1f} MB); "
            "put the file under inference/USECASE/ in the data bucket instead"
        )
    content_type = BY_SUFFIX.get(suffix.lower()) or sniff(body)
    return Request(as_instances(body) if content_type == JSON else body, content_type)


def sniff(body: bytes) -> str:
    """JSON, JSON lines or CSV, by the first character and the number of documents."""
    text = body.decode("utf-8", errors="replace").strip().removeprefix("\ufeff")
    if not text.startswith(("{", "[")):
        return CSV
    try:
        json.loads(text)
    except ValueError:
        return LINES
    return JSON


def as_instances(body: bytes) -> bytes:
    """The service's own shape, from that or from one record or a list of them."""
    try:
        value = json.loads(body)
    except ValueError as fault:
        raise UserError(f"the file is not JSON: {fault}") from None
    if isinstance(value, dict) and "instances" in value:
        return body
    return json.dumps({"instances": value if isinstance(value, list) else [value]}).encode()


def ask(place: Place, usecase: str, request: Request) -> list[dict[str, Any]]:
    """One answer a record."""
    try:
        answer = place.client("sagemaker-runtime").invoke_endpoint(
            EndpointName=place.named(usecase),
            ContentType=request.content_type,
            Accept=JSON,
            Body=request.body,
        )
    except ClientError as fault:
        raise _refusal(place, usecase, fault) from None
    return list(json.loads(answer["Body"].read())["predictions"])


def _said(fault: ClientError) -> str:
    """The container's own words, out of the JSON that it answers errors with."""
    said = str(fault.response.get("OriginalMessage") or "")
    try:
        return str(json.loads(said)["error"])
    except (ValueError, TypeError, KeyError):
        return said


def _refusal(place: Place, usecase: str, fault: ClientError) -> Exception:
    message = fault.response["Error"].get("Message", "")
    if code_of(fault) == "ModelError":
        status = fault.response.get("OriginalStatusCode")
        return Refused(f"the model refused the request ({status}): {_said(fault) or message}")
    if "not found" in message.lower() or code_of(fault) == "ValidationError":
        return UserError(
            f"{place.named(usecase)} does not answer: {message.rstrip('.')}; approve a version with "
            f"`./dropforge approve {usecase} latest --wait`, or see `./dropforge endpoints`"
        )
    return fault

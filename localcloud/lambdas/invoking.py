"""What Lambda's Invoke refuses before any function runs, and the answers that are too large to be given."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

PATH = re.compile(r"^/2015-03-31/functions/[^/]+/invocations/?$")
# The largest request and answer, and the largest event of an asynchronous invocation.
_LARGEST, _LARGEST_EVENT = 6 << 20, 1 << 20
_LARGEST_ANSWER = 6_291_556
_TYPES = ("Event", "RequestResponse", "DryRun")


class Refusal(NamedTuple):
    status: int
    code: str
    message: str


def refusal(headers: Mapping[str, str], body: bytes) -> Refusal | None:
    """Why this request to Invoke is not valid; header names are in lower case."""
    kind = headers.get("x-amz-invocation-type", "RequestResponse")
    if kind not in _TYPES:
        text = (
            f"1 validation error detected: Value '{kind}' at 'invocationType' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(_TYPES)}]"
        )
        return Refusal(400, "ValidationException", text)
    limit = _LARGEST_EVENT if kind == "Event" else _LARGEST
    if len(body) > limit:
        text = f"{len(body)} byte payload is too large for the {kind} invocation type (limit {limit} bytes)"
        return Refusal(413, "RequestTooLargeException", text)
    try:
        json.loads(body or b"{}")
    except ValueError as error:
        text = f"Could not parse request body into json: {error}"
        return Refusal(400, "InvalidRequestContentException", text)
    return None


def too_large(answer: Any) -> dict[str, str] | None:
    """The error that takes the place of an answer above the limit."""
    text = answer if isinstance(answer, (str, bytes)) else json.dumps(answer)
    if len(text if isinstance(text, bytes) else text.encode()) <= _LARGEST_ANSWER:
        return None
    return {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size exceeded maximum allowed payload size "
        f"({_LARGEST_ANSWER} bytes).",
    }

"""Asking an endpoint."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dropforge.aws.clients import Clients, client, code_of, message_of
from dropforge.domain.errors import EndpointUnavailable, Refused

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

JSON = "application/json"
LONGEST_WORDS = 500
REFUSALS = {"ValidationError", "ValidationException"}


def invoke(clients: Clients, endpoint: str, body: bytes, content_type: str) -> bytes:
    """What the endpoint answers, as JSON."""
    answer = clients("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint, Body=body, ContentType=content_type, Accept=JSON
    )
    return bytes(answer["Body"].read())


def words_of(fault: ClientError) -> str:
    """What the container said, else what the service said."""
    return _sentence(str(fault.response.get("OriginalMessage") or message_of(fault)))


class RuntimePredictor:
    def predict(self, endpoint: str, body: bytes) -> bytes:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return invoke(client, endpoint, body, JSON)
        except ClientError as fault:
            raise _refusal(endpoint, fault) from fault
        except BotoCoreError as fault:
            raise EndpointUnavailable(endpoint, str(fault)) from fault


def _refusal(endpoint: str, fault: ClientError) -> Refused | EndpointUnavailable:
    """A 4xx of the model will be one again; anything else may be gone in a moment."""
    response: dict[str, Any] = dict(fault.response)
    words = words_of(fault)[:LONGEST_WORDS]
    status = int(response.get("OriginalStatusCode") or 0)
    if 400 <= status < 500 or code_of(fault) in REFUSALS:
        return Refused(f"endpoint {endpoint} refused the records: {words}")
    return EndpointUnavailable(endpoint, f"{code_of(fault)}: {words}")


def _sentence(body: str) -> str:
    """The words of our own server's {"error": words}; of any other answer, all of it."""
    try:
        return str(json.loads(body)["error"])
    except (ValueError, TypeError, KeyError):
        return body

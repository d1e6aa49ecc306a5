"""How a refused call is answered: AWS's sentence in the form of the service's protocol."""

from __future__ import annotations

import json
from collections.abc import Mapping

from localcloud.ministack.iam.denials import denial

Answer = tuple[int, Mapping[str, str], bytes]
# Codes of services that refuse the use of a key in words of their own.
_KEY_CODES = {"sns": "KMSAccessDenied", "sqs": "KMS.AccessDeniedException"}


def denied(service: str, action: str, message: str, headers: Mapping[str, str]) -> Answer:
    """The answer to a caller whom no policy allows the action."""
    if service in ("sagemaker", "logs", "ssm"):
        return _json("AccessDeniedException", message)
    code = _KEY_CODES.get(service, "") if action.startswith("kms:") else ""
    return _answer(service, action, message, headers, code)


def unknown(service: str, code: str, message: str, headers: Mapping[str, str]) -> Answer:
    """The answer to credentials that belong to nobody, and to a request without any."""
    if service == "sagemaker":
        return _json("UnrecognizedClientException", message)
    return _answer(service, "", message, headers, code)


def _json(code: str, message: str) -> Answer:
    body = json.dumps({"__type": code, "message": message}).encode()
    return 400, {"content-type": "application/x-amz-json-1.1", "x-amzn-errortype": code}, body


def _answer(service: str, action: str, message: str, headers: Mapping[str, str], code: str) -> Answer:
    status, sent, body = denial(service, action, message, headers, code)
    lower = {name.lower(): value for name, value in sent.items()}
    # The services of the JSON protocols answer 400, SQS for its legacy's sake 403.
    if status == 403 and headers.get("x-amz-target") and service != "sqs":
        status = 400
    return status, lower, body

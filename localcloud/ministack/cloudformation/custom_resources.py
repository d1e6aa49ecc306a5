"""A custom resource whose function failed without answering fails at once.

On AWS the stack waits for the answer, an hour by default: nobody wants that here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def fail_at_once(event: Any, result: Mapping[str, Any]) -> None:
    """Answer the stack for a function that was asked by it, if this is the result of a failure."""
    if not isinstance(event, dict) or "ResponseURL" not in event or not result.get("error"):
        return
    from ministack.services.cloudformation import custom_resource

    body = result.get("body")
    failure = body if isinstance(body, dict) else {}
    reason = f"{failure.get('errorType', 'the function failed')}: {failure.get('errorMessage', '')}"
    token = str(event["ResponseURL"]).rsplit("/", maxsplit=1)[-1]
    custom_resource.deliver_response(token, {"Status": "FAILED", "Reason": reason})

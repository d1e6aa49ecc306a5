"""CloudFormation's custom resources: it asks by an event and waits for an answer at a URL.

If none comes it waits for an hour, so every end is reported, a fault with its sentence. A Delete has nothing
to do: images outlive the resource, because registered models point at them.
"""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any

from dropforge.domain.errors import BadEvent

if TYPE_CHECKING:
    from collections.abc import Callable

ECHOED = ("StackId", "RequestId", "LogicalResourceId")
LONGEST_REASON = 1000


def answer_cloudformation(
    event: dict[str, Any], act: Callable[[], dict[str, Any]], put: Callable[[str, bytes], None] | None = None
) -> dict[str, Any]:
    """`act` is asked for what the resource's attributes are; its `uri` becomes the resource's identity."""
    missing = [
        name for name in ("RequestType", "ResponseURL", *ECHOED) if not isinstance(event.get(name), str)
    ]
    if missing:
        raise BadEvent("custom resource", missing[0], "is missing")
    identity = event.get("PhysicalResourceId", event["LogicalResourceId"])
    try:
        data = {"status": "kept"} if event["RequestType"] == "Delete" else act()
        response = {"Status": "SUCCESS", "PhysicalResourceId": data.get("uri", identity), "Data": data}
    except Exception as fault:  # noqa: BLE001 - whatever it is, a stack must not hang for an hour for want of an answer
        data = {"status": "failed", "reason": str(fault)}
        response = {"Status": "FAILED", "PhysicalResourceId": identity, "Reason": str(fault)[:LONGEST_REASON]}
    body = json.dumps({**{name: event[name] for name in ECHOED}, **response}).encode()
    (put or _put)(event["ResponseURL"], body)
    return data


def _put(url: str, body: bytes) -> None:
    """The URL is presigned for an empty content type."""
    if not url.startswith("https://"):
        raise BadEvent("custom resource", "ResponseURL", "is not an https address")
    request = urllib.request.Request(url, data=body, method="PUT", headers={"Content-Type": ""})  # noqa: S310 - https, checked above
    with urllib.request.urlopen(request, timeout=30):  # noqa: S310 - the same address
        pass

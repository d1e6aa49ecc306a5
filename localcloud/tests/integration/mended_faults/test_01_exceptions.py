"""Fault 1: a handler's error loses its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.tests.integration.mended_faults.endpoints import ended, function, seen_here_only, started

if TYPE_CHECKING:
    from localcloud.tests.integration.mended_faults.endpoints import Endpoint


def test_a_catch_finds_the_exceptions_own_name(plain: Endpoint, cloud: Endpoint) -> None:
    """A handler's error keeps its type, so that Catch by that type matches."""

    def body(endpoint: Endpoint) -> bool:
        caught = {"ErrorEquals": ["OutOfMilk"], "Next": "Caught"}
        arn = f"arn:aws:lambda:us-east-1:000000000000:function:{function(endpoint)}"
        call = {"Type": "Task", "Resource": arn, "Catch": [caught], "End": True}
        definition = {"StartAt": "Call", "States": {"Call": call, "Caught": {"Type": "Succeed"}}}
        return ended(endpoint, started(endpoint, definition, '{"ask": "fail"}'))["status"] == "SUCCEEDED"

    seen_here_only(body, plain, cloud)

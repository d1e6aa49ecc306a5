"""Fault 3: a function may reach what is not this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.tests.integration.mended_faults.endpoints import answered, seen_here_only

if TYPE_CHECKING:
    from localcloud.tests.integration.mended_faults.endpoints import Endpoint


def test_a_function_reaches_nothing_outside_and_is_told_why(plain: Endpoint, cloud: Endpoint) -> None:
    """A connection elsewhere is refused by the fence at once; the SDK is pointed to the local endpoint."""

    def body(endpoint: Endpoint) -> bool:
        refused = answered(endpoint, ask="outside")
        here = answered(endpoint)["endpoint"] == f"http://127.0.0.1:{endpoint.port}"
        return here and refused.get("errorType") == "OutsideRefused" and "fence" in refused["errorMessage"]

    seen_here_only(body, plain, cloud)

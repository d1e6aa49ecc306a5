"""Fault 2: a warm invocation waits for output that does not come."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from localcloud.tests.integration.mended_faults.endpoints import function, seen_here_only

if TYPE_CHECKING:
    from localcloud.tests.integration.mended_faults.endpoints import Endpoint


def test_a_warm_invocation_takes_a_few_milliseconds(plain: Endpoint, cloud: Endpoint) -> None:
    """Nothing waits for output that does not come. The least of many, because the machine may be busy."""

    def body(endpoint: Endpoint) -> bool:
        lambdas, name, times = endpoint.client("lambda"), function(endpoint), []
        for _ in range(15):
            begun = time.perf_counter()
            lambdas.invoke(FunctionName=name, Payload=b"{}")["Payload"].read()
            times.append(time.perf_counter() - begun)
        return min(times) < 0.03

    seen_here_only(body, plain, cloud)

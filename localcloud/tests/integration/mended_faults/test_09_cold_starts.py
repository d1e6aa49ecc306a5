"""Fault 9: any number of cold starts at once fight for the machine, until they miss Lambda's ten seconds.

Of fifty with boto3 on two processors, forty-two failed on MiniStack as it is shipped. So that the test does
not depend on how fast the machine is, it looks at how many functions are starting at the same time.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from localcloud.tests.integration.mended_faults.endpoints import create_function, seen_here_only

if TYPE_CHECKING:
    from localcloud.tests.integration.mended_faults.endpoints import Endpoint

AT_ONCE = 12
CODE = """
import time

BEGAN = time.time()
time.sleep(0.5)
READY = time.time()

def handle(event, context):
    time.sleep(1)  # so that the others need processes of their own
    return [BEGAN, READY]
"""


def test_many_cold_starts_at_once_take_turns_and_all_succeed(plain: Endpoint, cloud: Endpoint) -> None:
    """No more functions start at a time than there are processors (two at least)."""

    def body(endpoint: Endpoint) -> bool:
        create_function(endpoint, "crowd", CODE)
        lambdas = endpoint.client("lambda")

        def invoke(_: int) -> Any:
            answer = lambdas.invoke(FunctionName="crowd")
            said = json.loads(answer["Payload"].read())
            assert "FunctionError" not in answer, said
            return tuple(said)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            starts = set(pool.map(invoke, range(AT_ONCE)))
        return most_at_once(starts) <= max(2, os.cpu_count() or 2)

    seen_here_only(body, plain, cloud)


def most_at_once(spans: set[tuple[float, float]]) -> int:
    """The most of the spans that one moment is in."""
    return max(sum(began <= moment < ended for began, ended in spans) for moment, _ in spans)

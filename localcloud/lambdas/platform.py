"""What Lambda itself writes into a function's log around what the function printed."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Invocation:
    """One invocation, as its REPORT line tells it; `init` is how long a cold start took."""

    request: str
    version: str
    milliseconds: float
    memory: int
    used: float
    init: float | None = None


def framed(invocation: Invocation, printed: str) -> str:
    """The lines of one invocation."""
    start = f"START RequestId: {invocation.request} Version: {invocation.version}"
    lines = [start, *printed.splitlines(), f"END RequestId: {invocation.request}", _report(invocation)]
    return "\n".join(lines) + "\n"


def _report(invocation: Invocation) -> str:
    facts = [
        f"REPORT RequestId: {invocation.request}",
        f"Duration: {invocation.milliseconds:.2f} ms",
        f"Billed Duration: {math.ceil(invocation.milliseconds)} ms",
        f"Memory Size: {invocation.memory} MB",
        f"Max Memory Used: {math.ceil(invocation.used)} MB",
    ]
    if invocation.init is not None:
        facts.append(f"Init Duration: {invocation.init:.2f} ms")
    return "\t".join(facts)

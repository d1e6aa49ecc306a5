"""Waiting for what has to come.

A machine under load is slow, and no test claims how slow: only what never comes takes the whole wait.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")
PATIENCE = 240.0
"""Seconds. What a killed function had begun is tried again after a minute, as on AWS."""


def eventually(look: Callable[[], Answer | None], what: str = "what was waited for") -> Answer:
    """The first true answer."""
    deadline, pause = time.monotonic() + PATIENCE, 0.005
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(pause)
        pause = min(1.5 * pause, 0.25)
    raise AssertionError(f"{what} did not come within {PATIENCE:.0f} s")

"""The time scale: how long a second of the application's own waiting takes here.

With `--time-scale 0.1` ten minutes of Wait state, alarm period, schedule, retry back-off or bake time take
one. What work really takes (a job, an invocation, their time limits) is never scaled.
"""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.errors import CloudError

_SMALLEST, _LARGEST = 0.001, 1.0


@dataclass(frozen=True)
class Clock:
    """One cloud's; CloudError where the scale is not a sensible one."""

    scale: float = 1.0

    def __post_init__(self) -> None:
        if not _SMALLEST <= self.scale <= _LARGEST:
            raise CloudError(f"the time scale {self.scale} is not between {_SMALLEST} and {_LARGEST:.0f}")

    def scaled(self, seconds: float) -> float:
        """How many real seconds these seconds of the application take."""
        return seconds * self.scale

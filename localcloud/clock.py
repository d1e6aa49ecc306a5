"""The time scale: how long a second of the application's own waiting takes here.

With `--time-scale 0.1` ten minutes of Wait state, alarm period, schedule, retry back-off or bake time take
one. What work really takes (a job, an invocation, their time limits) is never scaled. One number for the
whole process, because a process holds one local cloud.
"""

from __future__ import annotations

from localcloud.errors import CloudError

_SMALLEST, _LARGEST = 0.001, 1.0
_factor = 1.0


def set_scale(factor: float) -> None:
    """Choose the factor; CloudError when it is no sensible one."""
    global _factor  # noqa: PLW0603 - one clock a process
    if not _SMALLEST <= factor <= _LARGEST:
        raise CloudError(f"the time scale {factor} is not between {_SMALLEST} and {_LARGEST:.0f}")
    _factor = factor


def scale() -> float:
    """The factor."""
    return _factor


def scaled(seconds: float) -> float:
    """How many real seconds these seconds of the application take."""
    return seconds * _factor

"""Early stopping as AWS documents it: a trial is stopped when its objective is worse than the median of the
running averages that the completed trials had after as many values."""

from __future__ import annotations

from statistics import fmean, median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# AWS does not say how many trials must be complete before others are held to them.
LEAST_COMPLETED = 3


def is_hopeless(values: Sequence[float], completed: Iterable[Sequence[float]], *, maximize: bool) -> bool:
    """Whether a trial with these values so far should stop."""
    count = len(values)
    averages = [fmean(others[:count]) for others in completed if len(others) >= count > 0]
    if len(averages) < LEAST_COMPLETED:
        return False
    middle = median(averages)
    return values[-1] < middle if maximize else values[-1] > middle

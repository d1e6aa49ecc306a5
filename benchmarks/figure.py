"""One measurement, and the most that it may be: so much, or so many times its floor.

A floor is the least that the same work takes on the same machine in the same minutes, with nothing of ours in
it. A promise in seconds holds on one machine and fails on the next; a promise in floors says what ours adds.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """`limit` is in the figure's own unit, or with a floor in floors."""

    what: str
    value: float
    unit: str
    limit: float | None = None
    floor: float | None = None
    floor_is: str = ""

    @property
    def compared(self) -> float:
        """What is held against the limit."""
        return self.value / self.floor if self.floor else self.value

    @property
    def within(self) -> bool:
        """True when it keeps the promise."""
        return self.limit is None or self.compared <= self.limit

    @property
    def document(self) -> dict[str, Any]:
        """The measurement as JSON prints it."""
        times = {"times": self.compared} if self.floor else {}
        return {**asdict(self), **times, "within": self.within}

    @property
    def row(self) -> tuple[str, ...]:
        """The measurement as a table prints it: what, measured, floor, times, at most, within."""
        measured = (self.what, f"{self.value:.3g} {self.unit}")
        beside = (
            (f"{self.floor:.3g} {self.unit} {self.floor_is}", f"{self.compared:.2f}")
            if self.floor
            else ("", "")
        )
        if self.limit is None:
            return (*measured, *beside, "", "")
        most = f"{self.limit:g} {'times' if self.floor else self.unit}".strip()
        return (*measured, *beside, most, "yes" if self.within else "NO")


HEADINGS = ("what", "measured", "floor", "times", "at most", "within")


def in_turns(ours: Callable[[], Any], floor: Callable[[], Any], times: int) -> tuple[float, float]:
    """The medians of both in milliseconds, taken in turns so that a busy moment hits both."""
    taken = [(timed(ours), timed(floor)) for _ in range(times)]
    return statistics.median(one for one, _ in taken), statistics.median(other for _, other in taken)


def timed(call: Callable[[], Any]) -> float:
    """Milliseconds of one call."""
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000

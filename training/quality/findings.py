"""What a check says, and how much weight the contract gives it."""

from __future__ import annotations

from dataclasses import dataclass

REFUSE, WARN, IGNORE = "refuse", "warn", "ignore"


@dataclass(frozen=True)
class Finding:
    rule: str
    """The contract's key."""
    severity: str
    columns: tuple[str, ...]
    figure: float
    """What was found."""
    limit: float | None
    """What is allowed, if that is a figure."""
    sentence: str


@dataclass(frozen=True)
class Reading:
    """What reading the file found, before the rows were looked at."""

    read: int
    bad: int = 0
    duplicates: int = 0
    quarantined: tuple[tuple[str, int], ...] = ()


def percent(share: float) -> str:
    return f"{100 * share:.4g} %"


def listed(names: tuple[str, ...] | list[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more

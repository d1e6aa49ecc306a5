"""What a check says, and how much weight the contract gives it."""

from __future__ import annotations

from dataclasses import dataclass

REFUSE, WARN, IGNORE = "refuse", "warn", "ignore"


@dataclass(frozen=True)
class Finding:
    """`rule` is the contract's key, `figure` what was found and `limit` what is allowed, if that is one."""

    rule: str
    severity: str
    columns: tuple[str, ...]
    figure: float
    limit: float | None
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

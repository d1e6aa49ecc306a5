"""What a check found, and what to do where it is not well."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One check's answer; `remedy` is empty where all is well."""

    check: str
    ok: bool
    found: str
    remedy: str = ""

    @property
    def document(self) -> dict[str, Any]:
        """The finding as JSON prints it."""
        return asdict(self)


def well(check: str, found: str) -> Finding:
    """Nothing to do."""
    return Finding(check, True, found)


def wrong(check: str, found: str, remedy: str) -> Finding:
    """Something to do."""
    return Finding(check, False, found, remedy)

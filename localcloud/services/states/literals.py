"""Values that a definition writes out. What is a substitution of the template (`${Name}`) or an expression is
known only later, and taken on trust.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

_TIMESTAMP = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")


def on_trust(value: Any) -> bool:
    return isinstance(value, str) and ("${" in value or (value.startswith("{%") and value.endswith("%}")))


def is_timestamp(value: Any) -> bool:
    """Whether it is an ISO-8601 date and time with a zone."""
    if not isinstance(value, str) or not _TIMESTAMP.match(value):
        return False
    try:
        datetime.fromisoformat(re.sub(r"\.\d+", "", value))
    except ValueError:
        return False
    return True


def positive(state: Mapping[str, Any], key: str, at: str) -> Iterator[str]:
    value = state.get(key)
    if value is None or (isinstance(value, str) and ("${" in value or value.startswith("{%"))):
        return
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        yield f"{at}: {key} must be a whole number above 0, not {value!r}"

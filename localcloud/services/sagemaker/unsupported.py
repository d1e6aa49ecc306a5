"""What a request may hold here: the members that this service honours; any other is refused by name.

A valid request that asks for something we do not have must fail, not half succeed: a job that asked for two
instances and ran on one would be a lie. So each create operation states the tree of members it honours. The
cost: a member that makes no difference on a laptop has to be listed all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localcloud.api.errors import ApiError

# A member maps to None where everything under it is honoured, or to the tree of what is.
Honoured = Mapping[str, "Honoured | None"]


def refuse_unsupported(action: str, payload: Mapping[str, Any], honoured: Honoured, path: str = "") -> None:
    """Raises ApiError for the first member of the payload that is not in the tree."""
    for name, value in payload.items():
        where = f"{path}.{name}" if path else name
        if name not in honoured:
            if value not in (None, False, [], {}):
                raise unsupported(action, where)
            continue
        inner = honoured[name]
        if inner is None:
            continue
        items = value if isinstance(value, list) else [value]
        for item in items:
            if isinstance(item, Mapping):
                refuse_unsupported(action, item, inner, where)


def refuse_other_values(action: str, where: str, value: Any, allowed: tuple[Any, ...]) -> None:
    """Raises ApiError where a member that we honour has a value that we do not; None means not given."""
    if value is not None and value not in allowed:
        raise unsupported(action, f"{where}={value} (only {', '.join(map(str, allowed))})")


def unsupported(action: str, what: str) -> ApiError:
    return ApiError("ValidationException", f"localcloud does not support {action} with {what} yet.")


def leaves(*names: str) -> dict[str, Honoured | None]:
    return dict.fromkeys(names)

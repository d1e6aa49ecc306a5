"""What a call asks for: an action on a resource, with what conditions may look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Question:
    """`context` has the condition keys of this request in lower case, beside the global ones."""

    action: str
    resource: str
    context: Mapping[str, Any] = field(default_factory=dict)
    # The call's parameters where they are known, for what follows from them.
    parameters: Mapping[str, Any] = field(default_factory=dict)

"""The training state machine asks which version is live, before it compares a new one with it."""

from __future__ import annotations

from typing import Any

from dropforge import bootstrap
from dropforge.edge.entry import encode, entry
from dropforge.edge.tasks import usecase_named


@entry
def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    del context
    return encode(bootstrap.find_champion()(usecase_named(event)))

"""An execution ended. Each reaction to it is remembered by itself, and not the event as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dropforge import bootstrap
from dropforge.edge.entry import encode, entry
from dropforge.edge.events import execution_ended
from dropforge.edge.idempotency import run_once
from dropforge.edge.settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import DataclassInstance


@entry
def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    given = settings()
    ended = execution_ended(event, given.stack)

    def remember(key: str, act: Callable[[], DataclassInstance]) -> dict[str, Any]:
        return run_once(given.idempotency_table, key, lambda: encode(act()), context)

    return encode(bootstrap.report_outcome()(ended, remember))

"""An execution ended and did not succeed."""

from __future__ import annotations

from typing import Any

from dropforge import bootstrap
from dropforge.edge.entry import encode, entry
from dropforge.edge.events import execution_ended
from dropforge.edge.idempotency import once


@entry
def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    settings = bootstrap.settings()
    ended = execution_ended(event, settings.stack)
    action = bootstrap.report_failure()
    return once(settings.idempotency_table, ended.identity, lambda: encode(action(ended)), context)

"""An alarm of an endpoint changed its state."""

from __future__ import annotations

from typing import Any

from dropforge import bootstrap
from dropforge.edge.entry import encode, entry
from dropforge.edge.events import alarm_changed
from dropforge.edge.idempotency import once


@entry
def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    alarm = alarm_changed(event)
    action = bootstrap.answer_alarm()
    table = bootstrap.settings().idempotency_table
    return once(table, alarm.identity, lambda: encode(action(alarm)), context)

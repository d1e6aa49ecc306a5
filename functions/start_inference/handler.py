"""A file of records came into S3."""

from __future__ import annotations

from typing import Any

from dropforge import bootstrap
from dropforge.edge.entry import encode, entry
from dropforge.edge.events import object_created
from dropforge.edge.idempotency import once


@entry
def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    dropped = object_created(event)
    action = bootstrap.start_inference()
    table = bootstrap.settings().idempotency_table
    return once(table, dropped.identity, lambda: encode(action(dropped)), context)

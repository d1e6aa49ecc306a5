"""A contract was written to S3."""

from __future__ import annotations

from typing import Any

from dropforge import bootstrap
from dropforge.edge.entry import encode, entry
from dropforge.edge.events import object_created
from dropforge.edge.idempotency import once


@entry
def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    written = object_created(event)
    action = bootstrap.publish_contract()
    table = bootstrap.settings().idempotency_table
    return once(table, written.identity, lambda: encode(action(written)), context)

"""A model version was made, judged or changed."""

from __future__ import annotations

from typing import Any

from dropforge import bootstrap
from dropforge.edge.entry import encode, entry
from dropforge.edge.events import package_changed
from dropforge.edge.idempotency import once


@entry
def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    changed = package_changed(event)
    action = bootstrap.start_deployment()
    table = bootstrap.settings().idempotency_table
    return once(table, changed.identity, lambda: encode(action(changed)), context)

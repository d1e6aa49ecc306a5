"""The inference state machine asks for the answers to be joined and the doubtful ones sent to people."""

from __future__ import annotations

from typing import Any

from dropforge import bootstrap
from dropforge.edge.entry import encode, entry
from dropforge.edge.idempotency import run_once
from dropforge.edge.settings import settings
from dropforge.edge.tasks import count, inference_run


@entry
def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    run = inference_run(event.get("job"))
    batches, quarantined = count(event, "batches"), count(event, "quarantined")
    action = bootstrap.gate_confidence()
    table = settings().idempotency_table
    return run_once(table, run.run, lambda: encode(action(run, batches, quarantined)), context)

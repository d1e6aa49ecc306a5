"""The inference state machine asks for a file to be cut into batches."""

from __future__ import annotations

from typing import Any

from dropforge import bootstrap
from dropforge.edge.entry import encode, entry
from dropforge.edge.tasks import inference_run


@entry
def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    del context
    return encode(bootstrap.prepare_batch()(inference_run(event)))

"""The inference state machine asks for one batch to be predicted."""

from __future__ import annotations

from typing import Any

from dropforge import bootstrap
from dropforge.edge.entry import encode, entry
from dropforge.edge.tasks import count, inference_run


@entry
def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    del context
    return encode(bootstrap.predict_batch()(inference_run(event.get("job")), count(event, "batch")))

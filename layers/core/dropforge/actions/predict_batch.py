"""One batch of records, put to the endpoint; the answers are kept beside it. Doing it again does the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dropforge.actions.answers import Predicted
from dropforge.domain import keys
from dropforge.domain.errors import Absent, Refused

if TYPE_CHECKING:
    from dropforge.domain.run import InferenceRun
    from dropforge.ports import Objects, Predictor


def predict_batch(run: InferenceRun, batch: int, *, objects: Objects, predictor: Predictor) -> Predicted:
    part = keys.part(run.prefix, batch)
    try:
        lines = [json.loads(line) for line in objects.read(part).splitlines()]
    except Absent:
        raise Refused(f"batch {part} is not there: put the file in inference/{run.usecase}/ again") from None
    body = json.dumps({"instances": [line["instance"] for line in lines]}, ensure_ascii=False).encode()
    predictions = json.loads(predictor.predict(run.endpoint, body))["predictions"]
    if len(predictions) != len(lines):
        raise Refused(
            f"endpoint {run.endpoint} answered {len(lines)} records with {len(predictions)} predictions"
        )
    answers = [{"row": line["row"], **given} for line, given in zip(lines, predictions, strict=True)]
    text = "\n".join(json.dumps(answer) for answer in answers)
    objects.write(keys.answers(run.prefix, batch), text.encode(), "application/jsonlines")
    return Predicted(batch, len(lines))

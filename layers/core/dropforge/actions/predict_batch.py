"""One batch of records, put to the endpoint; the answers are kept beside it. Doing it again does the same.

The endpoint refuses a whole request for one bad record, and some faults only it can see: a picture that
cannot be decoded. A refused batch is therefore halved until the bad records stand alone,
so that one bad record costs one record. The cost: about twenty requests for each of them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dropforge.actions.results import Predicted
from dropforge.domain import keys
from dropforge.domain.errors import Absent, Refused

if TYPE_CHECKING:
    from dropforge.domain.run import InferenceRun
    from dropforge.ports import Objects, Predictor

    Line = dict[str, Any]

MOST_REFUSED = 20
"""Of a batch: where the endpoint refuses more, it is not the records that are wrong."""


def predict_batch(run: InferenceRun, batch: int, *, objects: Objects, predictor: Predictor) -> Predicted:
    part = keys.part(run.prefix, batch)
    try:
        lines = [json.loads(line) for line in objects.read(part).splitlines()]
    except Absent:
        raise Refused(f"batch {part} is not there: put the file in inference/{run.usecase}/ again") from None
    given = _Asking(run.endpoint, predictor).answers(lines)
    answers = [{"row": line["row"], **answer} for line, answer in zip(lines, given, strict=True)]
    text = "\n".join(json.dumps(answer) for answer in answers)
    objects.write(keys.answers(run.prefix, batch), text.encode(), "application/jsonlines")
    return Predicted(batch, len(lines))


class _Asking:
    def __init__(self, endpoint: str, predictor: Predictor) -> None:
        self._endpoint, self._predictor = endpoint, predictor
        self._refused = 0

    def answers(self, lines: list[Line]) -> list[Line]:
        """A prediction a record, or {"refused": why}."""
        try:
            given = self._ask(lines)
        except Refused as refusal:
            if len(lines) > 1:
                middle = len(lines) // 2
                return self.answers(lines[:middle]) + self.answers(lines[middle:])
            self._refused += 1
            if self._refused > MOST_REFUSED:
                raise
            return [{"refused": refusal.reason}]
        if len(given) != len(lines):
            raise Refused(
                f"endpoint {self._endpoint} answered {len(lines)} records with {len(given)} predictions"
            )
        return given

    def _ask(self, lines: list[Line]) -> list[Line]:
        body = json.dumps({"instances": [line["instance"] for line in lines]}, ensure_ascii=False).encode()
        predictions: list[Line] = json.loads(self._predictor.predict(self._endpoint, body))["predictions"]
        return predictions

"""The answers joined in the file's order, and the doubtful ones put to people in one message.

A regression has no confidence, so nothing of it is doubtful. Of a picture, people are told the name of its
file and not its bytes.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from dropforge.actions.results import Gated
from dropforge.domain import keys, messages
from dropforge.domain.errors import Absent, Refused
from dropforge.domain.notifications import truncated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dropforge.domain.run import InferenceRun
    from dropforge.ports import Notifications, Objects

    Record = dict[str, Any]

COLUMNS = {
    "binary": ("row", "label", "probability", "confidence"),
    "multiclass": ("row", "label", "confidence"),
    "regression": ("row", "value"),
    "image": ("row", "file", "label", "confidence"),
}


def gate_confidence(
    run: InferenceRun, batches: int, quarantined: int, *, objects: Objects, notifications: Notifications
) -> Gated:
    """The message is sent after everything it points at is in place."""
    joined = _Joined(run)
    for record in _records(run, batches, objects):
        joined.take(record)
    joined.write(objects)
    predictions, review = f"s3://{run.bucket}/{run.prefix}/predictions.csv", f"s3://{run.bucket}/{run.review}"
    gated = Gated(
        run=run.run,
        usecase=run.usecase,
        rows=joined.rows,
        doubtful=len(joined.doubtful),
        quarantined=quarantined + len(joined.refused),
        predictions=predictions,
        review=review if joined.doubtful else None,
    )
    if joined.doubtful:
        message = messages.low_confidence(run, predictions, review, joined.rows, joined.doubtful)
        objects.write(run.review, message.body.encode(), "application/json")
        notifications.publish(truncated(message, "records"))
    return gated


class _Joined:
    """The table of all predictions, and beside it what is doubtful and what got none."""

    def __init__(self, run: InferenceRun) -> None:
        self._run = run
        self._out = io.StringIO()
        self._table = csv.DictWriter(
            self._out, COLUMNS[run.problem], extrasaction="ignore", lineterminator="\n"
        )
        self._table.writeheader()
        self.rows = 0
        self.doubtful: list[Record] = []
        self.refused: list[Record] = []

    def take(self, record: Record) -> None:
        if "refused" in record:
            self.refused.append(record)
            return
        self._table.writerow(record)
        self.rows += 1
        if record.get("confidence", 1.0) < self._run.threshold:
            self.doubtful.append(record)

    def write(self, objects: Objects) -> None:
        if self.refused:
            key = keys.unanswered(self._run.usecase, self._run.run)
            objects.write(key, _unanswered(self.refused).encode(), "text/csv")
        if not self.rows:
            raise Refused(
                f"none of the {len(self.refused)} records can be predicted: {self.refused[0]['refused']}"
                if self.refused
                else "there is no prediction: put the file there again"
            )
        objects.write(f"{self._run.prefix}/predictions.csv", self._out.getvalue().encode(), "text/csv")


def _records(run: InferenceRun, batches: int, objects: Objects) -> Iterator[Record]:
    """Each record with its answer: its row, its instance or its picture's file, and what was predicted."""
    for batch in range(batches):
        try:
            parts = objects.read(keys.part(run.prefix, batch)).splitlines()
            answers = objects.read(keys.answers(run.prefix, batch)).splitlines()
        except Absent as absent:
            raise Refused(
                f"{absent.what} is missing: put the file in inference/{run.usecase}/ again"
            ) from None
        for part, answer in zip(parts, answers, strict=True):
            record = json.loads(part)
            if run.problem == "image":
                del record["instance"]
            yield record | json.loads(answer)


def _unanswered(records: Sequence[Record]) -> str:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["row", "reason", "record"])
    for record in records:
        what = record["file"] if "file" in record else json.dumps(record["instance"], ensure_ascii=False)
        table.writerow([record["row"], record["refused"], what])
    return out.getvalue()

"""The answers joined in the file's order, and the doubtful ones put to people in one message."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from dropforge.actions.answers import Gated
from dropforge.domain import keys
from dropforge.domain.errors import Absent, Refused
from dropforge.domain.notifications import Notification, fitting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dropforge.domain.run import InferenceRun
    from dropforge.ports import Notifications, Objects

COLUMNS = ("row", "label", "probability", "confidence")


def gate_confidence(
    run: InferenceRun, batches: int, quarantined: int, *, objects: Objects, notifications: Notifications
) -> Gated:
    """The message is sent after everything it points at is in place."""
    out, rows = io.StringIO(), 0
    table = csv.DictWriter(out, COLUMNS, extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    doubtful: list[dict[str, Any]] = []
    for instance, answer in _answers(run, batches, objects):
        table.writerow(answer)
        rows += 1
        if answer["confidence"] < run.threshold:
            doubtful.append({"row": answer["row"], "instance": instance, **answer})
    predictions = f"{run.prefix}/predictions.csv"
    objects.write(predictions, out.getvalue().encode(), "text/csv")
    gated = Gated(
        run=run.run,
        usecase=run.usecase,
        rows=rows,
        doubtful=len(doubtful),
        quarantined=quarantined,
        predictions=f"s3://{run.bucket}/{predictions}",
        review=f"s3://{run.bucket}/{run.review}" if doubtful else None,
    )
    if doubtful:
        message = _doubtful(run, gated, doubtful)
        objects.write(run.review, message.body.encode(), "application/json")
        notifications.tell(fitting(message, "records"))
    return gated


def _answers(
    run: InferenceRun, batches: int, objects: Objects
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for batch in range(batches):
        try:
            parts = objects.read(keys.part(run.prefix, batch)).splitlines()
            answers = objects.read(keys.answers(run.prefix, batch)).splitlines()
        except Absent as absent:
            raise Refused(
                f"{absent.what} is missing: put the file in inference/{run.usecase}/ again"
            ) from None
        for part, answer in zip(parts, answers, strict=True):
            yield json.loads(part)["instance"], json.loads(answer)


def _doubtful(run: InferenceRun, gated: Gated, records: list[dict[str, Any]]) -> Notification:
    return Notification(
        "low_confidence",
        run.usecase,
        f"{gated.doubtful} of {gated.rows} predictions for {run.key} are less sure than {run.threshold:g}: "
        f"please look at them in {gated.review}.",
        {
            "input": f"s3://{run.bucket}/{run.key}",
            "predictions": gated.predictions,
            "review": gated.review,
            "threshold": run.threshold,
            "rows": gated.rows,
            "doubtful": gated.doubtful,
            "records": records,
        },
    )

"""Predictions → a response's body, in the form that the caller accepts."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from training.errors import BadRequest
from training.serve.requests import CSV, JSON, LINES, SAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.model.predictor import Prediction

ANY = {"*/*": None, "": None, "application/*": JSON, "text/*": CSV}


def accepted(accept: str, kind: str) -> str:
    """The first type of an Accept header that can be made; the request's own type where anything will do."""
    for part in accept.split(","):
        media = part.split(";")[0].strip().lower()
        if media in ANY:
            return ANY[media] or kind
        media = SAME.get(media, media)
        if media in ENCODERS:
            return media
    raise BadRequest(f"none of {accept[:100]!r} can be sent; accept {', '.join(ENCODERS)}", status=406)


def encode(predictions: Sequence[Prediction], kind: str) -> bytes:
    return ENCODERS[kind](predictions).encode()


def _as_json(predictions: Sequence[Prediction]) -> str:
    return json.dumps(
        {"predictions": [prediction.document() for prediction in predictions]}, ensure_ascii=False
    )


def _as_lines(predictions: Sequence[Prediction]) -> str:
    return "".join(json.dumps(prediction.document(), ensure_ascii=False) + "\n" for prediction in predictions)


def _as_csv(predictions: Sequence[Prediction]) -> str:
    """What the problem has of label, probability, confidence and value, a line each, without a header."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(map(_cells, predictions))
    return out.getvalue()


def _cells(prediction: Prediction) -> list[str]:
    label = [] if prediction.label is None else [prediction.label]
    figures = (prediction.probability, prediction.confidence, prediction.value)
    return [*label, *(repr(figure) for figure in figures if figure is not None)]


ENCODERS = {JSON: _as_json, LINES: _as_lines, CSV: _as_csv}

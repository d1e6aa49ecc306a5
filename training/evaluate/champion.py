"""The model that is live, asked about the same rows as the new one.

Another contract may have trained it. Where the rows do not hold what it needs, or it answers another
question, the two cannot be compared, and the report says why: that is not a fault and does not fail the job.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dropforge.domain.contract.fields import shown
from dropforge.domain.decisions import Comparison
from training.errors import BadRequest, JobError
from training.evaluate.figures import difference_of
from training.evaluate.measures import measure_of
from training.evaluate.predictions import Classified

if TYPE_CHECKING:
    from collections.abc import Callable

    from dropforge.domain.contract import Contract
    from training.evaluate.predictions import Predictions

LONGEST_REASON = 500


@dataclass(frozen=True)
class Champion:
    """What came of asking it: a comparison, or why there is none."""

    name: str
    comparison: Comparison | None
    why_not: str | None = None
    predictions: Predictions | None = None


def compare(name: str, metric: str, predictions: Predictions, ask: Callable[[], Predictions]) -> Champion:
    """`ask` loads the champion and puts the test rows to it; whatever is wrong with it ends here."""
    try:
        theirs = ask()
    except Exception as fault:  # noqa: BLE001 - a model of another time: whatever it does ends here
        said = str(fault) if isinstance(fault, (JobError, BadRequest)) else f"{type(fault).__name__}: {fault}"
        said = said if len(said) <= LONGEST_REASON else f"{said[:LONGEST_REASON]}…"
        return Champion(name, None, f"not comparable: {name} cannot be asked about these rows: {said}")
    if why := _differs(predictions, theirs):
        return Champion(name, None, f"not comparable: {name} {why}")
    rows = np.arange(len(predictions))
    one, other = measure_of(predictions), measure_of(theirs)
    figure = difference_of(one, other, metric, rows)
    if not np.isfinite([figure.value, figure.low, figure.high]).all():
        return Champion(name, None, f"not comparable: {metric} has no value on these rows")
    whole = np.ones((1, len(rows)))
    value, theirs_value = (float(measure(rows, whole)[metric][0]) for measure in (one, other))
    found = Comparison(name, metric, len(rows), value, theirs_value, figure.low, figure.high)
    return Champion(name, found, None, theirs)


def check_contract(ours: Contract, theirs: Contract) -> None:
    """JobError where its contract asks for what these rows do not hold."""
    if ours.problem != theirs.problem:
        raise JobError(f"its problem is {theirs.problem}, not {ours.problem}")
    if ours.target != theirs.target:
        raise JobError(f"its target is {shown(theirs.target)}, not {shown(ours.target)}")
    types = {column.name: column.type for column in ours.features}
    for column in theirs.features:
        if column.name not in types:
            raise JobError(f"it needs column {shown(column.name)}, which this contract does not have")
        if types[column.name] != column.type:
            raise JobError(
                f"column {shown(column.name)} is {column.type} there and {types[column.name]} here"
            )


def _differs(ours: Predictions, theirs: Predictions) -> str | None:
    if not (isinstance(ours, Classified) and isinstance(theirs, Classified)):
        return None if type(ours) is type(theirs) else "answers another problem"
    if ours.classes != theirs.classes:
        return f"knows the classes {', '.join(map(shown, theirs.classes[:10]))}"
    return None if ours.positive == theirs.positive else "takes the other class for the positive one"

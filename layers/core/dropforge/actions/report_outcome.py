"""An execution ended, well or badly: do whatever follows from its outcome.

What follows is a list of reactions, put together in the composition root. Each takes the outcome, is done in
the list's order and is remembered by its own name: if one fails, Lambda's next try goes on with that one, and
repeats none that was done before it. People come first, so that no later reaction can keep a message back.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from dropforge.actions.results import Reported
from dropforge.domain.outcome import outcome_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from _typeshed import DataclassInstance

    from dropforge.domain.events import ExecutionEnded
    from dropforge.domain.outcome import Outcome
    from dropforge.ports import EndedExecutions, RunOnce

    Reaction = Callable[[Outcome], DataclassInstance]


def report_outcome(
    ended: ExecutionEnded,
    run_once: RunOnce,
    *,
    executions: EndedExecutions,
    reactions: Mapping[str, Reaction],
) -> Reported:
    outcome = outcome_of(_whole(ended, executions))
    answers = {
        name: run_once(f"{ended.identity}\n{name}", partial(react, outcome))
        for name, react in reactions.items()
    }
    return Reported(ended.name, answers)


def _whole(ended: ExecutionEnded, executions: EndedExecutions) -> ExecutionEnded:
    if not ended.is_cut:
        return ended
    documents = executions.documents(ended.execution_arn)
    return replace(ended, input=documents.input, output=documents.output)

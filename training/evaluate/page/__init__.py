"""evaluation.html: what the one who approves a model has to know, the answer first.

The verdict and what it means in plain words, then the figures behind it, then the plots, each with a
sentence that says how to read it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.evaluate.page import classes, provenance, regression, values, verdict
from training.evaluate.predictions import Classified, Valued
from training.report import Block, facts, heading, page, paragraph

if TYPE_CHECKING:
    from training.evaluate.evaluation import Evaluation


def evaluation_page(found: Evaluation) -> str:
    blocks = [verdict.answer(found), *_in_words(found), *verdict.gate(found), *verdict.champion(found)]
    blocks += [*verdict.groups(found), *_plots(found), *provenance.importance(found)]
    blocks += [*regression.linear(found), *regression.selection(found)]
    blocks += [*provenance.trials(found), heading("Facts"), facts(list(found.facts))]
    return page(f"{found.contract.usecase}: is this model good enough?", blocks)


def _in_words(found: Evaluation) -> list[Block]:
    predictions = found.predictions
    sentences = (
        values.words(predictions, found)
        if isinstance(predictions, Valued)
        else classes.words(predictions, found)
    )
    asked = (
        f"The model predicts “{found.contract.target}”. It was tried on {len(predictions):,} rows that it had"
    )
    return [heading("What it does"), paragraph(f"{asked} never seen."), *map(paragraph, sentences)]


def _plots(found: Evaluation) -> list[Block]:
    predictions = found.predictions
    if isinstance(predictions, Classified):
        return classes.plots(predictions, found)
    return values.plots(predictions)

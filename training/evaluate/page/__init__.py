"""evaluation.html: what the one who approves a model has to know, the answer first.

The verdict and what it means in plain words, then the figures behind it, then the plots, each with a
sentence that says how to read it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.evaluate.answers import Classified, Valued
from training.evaluate.page import classes, judged, made, regression, values
from training.report import Block, facts, heading, page, paragraph

if TYPE_CHECKING:
    from training.evaluate.evaluation import Evaluation


def evaluation_page(found: Evaluation) -> str:
    blocks = [judged.answer(found), *_in_words(found), *judged.gate(found), *judged.champion(found)]
    blocks += [*judged.groups(found), *_plots(found), *made.importance(found)]
    blocks += [*regression.linear(found), *regression.selection(found)]
    blocks += [*made.trials(found), heading("Facts"), facts(list(found.facts))]
    return page(f"{found.contract.usecase}: is this model good enough?", blocks)


def _in_words(found: Evaluation) -> list[Block]:
    answers = found.answers
    told = values.words(answers, found) if isinstance(answers, Valued) else classes.words(answers, found)
    asked = f"The model predicts “{found.contract.target}”. It was tried on {len(answers):,} rows that it had"
    return [heading("What it does"), paragraph(f"{asked} never seen."), *map(paragraph, told)]


def _plots(found: Evaluation) -> list[Block]:
    answers = found.answers
    if isinstance(answers, Classified):
        return classes.plots(answers, found)
    return values.plots(answers)

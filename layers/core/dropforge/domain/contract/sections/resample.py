"""Balances the classes, in the training part only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dropforge.domain.contract.fields import Number, Word
from dropforge.domain.contract.metrics import REGRESSION
from dropforge.domain.contract.parts import Part, key
from dropforge.domain.contract.section import Section

if TYPE_CHECKING:
    from dropforge.domain.contract.problems import Problems
    from dropforge.domain.contract.whole import Contract


@dataclass(frozen=True)
class Resample:
    method: str = key(
        Word(("none", "over", "under"), default="none", about="over repeats rare rows, under drops others.")
    )
    ratio: float = key(
        Number(0.01, 1, default=1.0, about="Rarest class over the most frequent one, to be reached.")
    )


def check_resample(contract: Contract, problems: Problems) -> None:
    if contract.problem == REGRESSION and contract.resample.method != "none":
        problems.add(("resample", "method"), "only classes are balanced, not numbers")


RESAMPLE = Section(
    holds=Part(Resample, about="Balances the classes, in the training part only."),
    settable=True,
    check=check_resample,
    details="""\
The rows of validation and test stay as they are: a model is judged by what will come.""",
    example="""
resample: {method: over, ratio: 1.0}
""",
)

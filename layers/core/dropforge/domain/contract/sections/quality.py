"""How much may be wrong with a drop; and what a finding about a column does: refuse, warn or ignore."""

from __future__ import annotations

from dataclasses import dataclass

from dropforge.domain.contract.fields import Number, Word
from dropforge.domain.contract.parts import Part, key
from dropforge.domain.contract.section import Section

FINDING = ("refuse", "warn", "ignore")


@dataclass(frozen=True)
class Quality:
    bad_rows: float = key(Number(0, 1, default=0.05, about="The most rows in quarantine, as a share."))
    duplicates: float = key(Number(0, 1, default=0.05, about="The most repeated rows, as a share."))
    minimum_rows: int = key(Number(10, 10**9, whole=True, default=200, about="The fewest good rows."))
    minimum_class: int = key(
        Number(3, 10**9, whole=True, default=20, about="The fewest good rows of each class.")
    )
    megabytes: float = key(Number(0.001, 5_000_000, default=2048, about="The largest file."))
    nulls: float = key(
        Number(0, 1, default=1.0, about="The most missing values in any one column, as a share.")
    )
    constant: str = key(Word(FINDING, default="warn", about="A column with one value in every row."))
    redundant: str = key(
        Word(FINDING, default="warn", about="A column that another one gives (correlation above .99).")
    )
    unique: str = key(
        Word(FINDING, default="warn", about="A feature that differs in every row, as an id does.")
    )
    leakage: str = key(
        Word(FINDING, default="warn", about="A column, or a sum of columns, that gives the answer away.")
    )


QUALITY = Section(
    holds=Part(Quality, about="How much may be wrong with a drop that still becomes a model."),
    settable=True,
    details="""\
A file beyond a limit is refused, with the figure. What is found about columns refuses it, is a warning in the
data-quality report, or is left out of it.""",
    example="""
quality: {bad_rows: 0.02, minimum_rows: 1000, nulls: 0.4, leakage: refuse}
""",
)

"""Rows → the arrays that the transform's graph takes: records as callers send them, or a frame of typed rows.

`numbers` is a matrix of 32-bit floats, nan where a value is missing: the numeric columns and the parts of
dates. A category comes as a dictionary, the way columnar formats keep it: `values_0` its different texts and
`codes_0` the index of each row's text among them, so that the graph looks at a text once and not once a row.

A test holds both ways to the same answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from dropforge.domain.reading.faults import BadValue
from dropforge.domain.reading.values import Values
from training.dates import part_expression, part_of
from training.errors import BadRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import polars as pl
    from numpy.typing import NDArray

    from dropforge.domain.contract import Column, Contract

MISSING_CATEGORY = ""
"""A missing category's text: that a value is absent often says something."""
NUMBERS, VALUES, CODES = "numbers", "values_{}", "codes_{}"
Feed = dict[str, "NDArray[Any]"]


@dataclass(frozen=True)
class Source:
    """Where a column of `numbers` comes from: a numeric column, or a part of a date."""

    column: Column
    part: str | None = None

    @property
    def name(self) -> str:
        return self.column.name if self.part is None else f"{self.column.name} {self.part}"


def number_sources(contract: Contract) -> list[Source]:
    """The columns of `numbers`, in their order."""
    sources: list[Source] = []
    for column in _tabular(contract).features:
        if column.numeric:
            sources.append(Source(column))
        elif column.type == "date":
            sources += [Source(column, part) for part in contract.transform.columns[column.name].parts]
    return sources


def category_columns(contract: Contract) -> list[Column]:
    return [column for column in contract.features if column.type == "category"]


def _tabular(contract: Contract) -> Contract:
    """Only a contract of pictures needs what reads pictures."""
    if contract.image is None:
        return contract
    from training.images.columns import tabular

    return tabular(contract)


class Features:
    """One contract's way from rows to arrays."""

    def __init__(self, contract: Contract) -> None:
        contract = _tabular(contract)
        self._values = Values(contract)
        self._numbers = number_sources(contract)
        self._categories = category_columns(contract)
        self._read = [self._reader(source) for source in self._numbers]

    def arrays(self, records: Sequence[Mapping[str, Any]], origins: Sequence[str]) -> Feed:
        """`origins` says of each record where it stands ("record 3", "line 4"), for the message."""
        numbers: list[list[float | None]] = []
        texts: list[list[str]] = []
        category = self._values.category
        for record, origin in zip(records, origins, strict=True):
            try:
                self._values.check_names(record)
                numbers.append([read(record) for read in self._read])
                texts.append([category(column, record) or MISSING_CATEGORY for column in self._categories])
            except BadValue as bad:
                raise BadRecord(origin, bad.column, bad.fault) from bad
        feed: Feed = {NUMBERS: np.array(numbers, dtype=np.float32)} if self._numbers else {}
        for index in range(len(self._categories)):
            of_column = [row[index] for row in texts]
            known = {text: code for code, text in enumerate(dict.fromkeys(of_column))}
            feed[VALUES.format(index)] = np.array(list(known), dtype=object)
            feed[CODES.format(index)] = np.array([known[text] for text in of_column], dtype=np.int64)
        return feed

    def from_frame(self, rows: pl.DataFrame) -> Feed:
        """Typed rows: numbers, categories in their one spelling, dates as `moment_text` has them."""
        import polars as pl

        feed: Feed = {}
        if self._numbers:
            columns = [frame_number(source).fill_null(float("nan")) for source in self._numbers]
            feed[NUMBERS] = rows.select(columns).to_numpy()
        for index, column in enumerate(self._categories):
            texts = rows[column.name].alias("text").fill_null(MISSING_CATEGORY)
            known = texts.unique().sort()
            feed[VALUES.format(index)] = known.to_numpy().astype(object)
            codes = texts.cast(pl.Enum(known)).to_physical().cast(pl.Int64)
            feed[CODES.format(index)] = codes.to_numpy()
        return feed

    def _reader(self, source: Source) -> Callable[[Mapping[str, Any]], float | None]:
        """From a record to the number of a source, None where it is missing."""
        if source.part is None:
            return partial(self._values.number, source.column)
        return partial(self._part, source.column, source.part)

    def _part(self, column: Column, part: str, record: Mapping[str, Any]) -> float | None:
        moment = self._values.moment(column, record)
        return None if moment is None else part_of(moment, part)


def frame_number(source: Source) -> pl.Expr:
    """By its very name: `pl.col` would take `*` or `^a.*$` for a pattern."""
    import polars as pl
    from polars.selectors import by_name

    name = source.column.name
    taken = by_name(name).cast(pl.Float32) if source.part is None else part_expression(name, source.part)
    return taken.alias(source.name)

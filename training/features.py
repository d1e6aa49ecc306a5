"""Rows → the arrays that the transform's graph takes: records as callers send them, or a frame of typed rows.

`numbers` is a matrix of 32-bit floats, nan where a value is missing: the numeric columns and the parts of
dates. A category comes as a dictionary, the way columnar formats keep it: `values_0` its different texts and
`codes_0` the place of each row's text among them, so that the graph looks at a text once and not once a row.

A test holds both ways to the same answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dropforge.domain.contract import category_text, null_markers, parse_number
from dropforge.domain.contract.cells import SPACES
from dropforge.domain.contract.fields import shown
from dropforge.domain.contract.problems import nearest_name
from training.dates import moment_text, part_expression, part_of
from training.errors import BadRecord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
        self._names = {column.name for column in contract.features}
        self._ignored = contract.ignored
        self._nulls = null_markers(contract)
        self._numbers = number_sources(contract)
        self._categories = category_columns(contract)

    def arrays(self, records: Sequence[Mapping[str, Any]], places: Sequence[str]) -> Feed:
        """`places` says of each record where it stands ("record 3", "line 4"), for the message."""
        pairs = list(zip(records, places, strict=True))
        for record, place in pairs:
            self._check_names(record, place)
        feed: Feed = {}
        if self._numbers:
            numbers = [
                [self._number(record, source, place) for source in self._numbers] for record, place in pairs
            ]
            feed[NUMBERS] = np.array(numbers, dtype=np.float32)
        for index, column in enumerate(self._categories):
            texts = [self._category(record, column, place) for record, place in pairs]
            known = {text: code for code, text in enumerate(dict.fromkeys(texts))}
            feed[VALUES.format(index)] = np.array(list(known), dtype=object)
            feed[CODES.format(index)] = np.array([known[text] for text in texts], dtype=np.int64)
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

    def _check_names(self, record: Mapping[str, Any], place: str) -> None:
        unknown = record.keys() - self._names - self._ignored
        if unknown:
            name = min(unknown)
            raise BadRecord(
                place, shown(name), f"is no column of the contract{nearest_name(name, self._names)}"
            )

    def _number(self, record: Mapping[str, Any], source: Source, place: str) -> float:
        value = self._present(record, source.column, place)
        if value is None:
            return float("nan")
        if source.part is not None:
            return _date_part(value, source, place)
        number = parse_number(value)
        if number is None:
            raise BadRecord(place, source.name, f"{shown(value)} is not a number")
        if source.column.type == "integer" and not number.is_integer():
            raise BadRecord(place, source.name, f"{shown(value)} is not a whole number")
        return number

    def _category(self, record: Mapping[str, Any], column: Column, place: str) -> str:
        value = self._present(record, column, place)
        if value is None:
            return MISSING_CATEGORY
        text = category_text(value)
        if text is None:
            raise BadRecord(place, column.name, f"{shown(value)} is not text, a number, true or false")
        return text

    def _present(self, record: Mapping[str, Any], column: Column, place: str) -> Any:
        """The value, or None where it is missing and may be."""
        if column.name not in record:
            raise BadRecord(place, column.name, "is missing; send null for a value that is not known")
        value = record[column.name]
        if isinstance(value, str) and value.strip(SPACES) in self._nulls:
            value = None
        if value is None and column.required:
            raise BadRecord(place, column.name, "is required and has no value")
        return value


def _date_part(value: object, source: Source, place: str) -> float:
    text = moment_text(value, source.column.format)
    if text is None:
        wanted = "ISO 8601" if source.column.format is None else source.column.format
        raise BadRecord(place, source.column.name, f"{shown(value)} is not a date ({wanted})")
    return part_of(text, source.part or "")


def frame_number(source: Source) -> pl.Expr:
    """By its very name: `pl.col` would take `*` or `^a.*$` for a pattern."""
    import polars as pl
    from polars.selectors import by_name

    name = source.column.name
    taken = by_name(name).cast(pl.Float32) if source.part is None else part_expression(name, source.part)
    return taken.alias(source.name)

"""Records as callers send them → the arrays that the transform's graph takes.

Used for every prediction, the evaluation's included. Processing does the same to whole columns
(`process.checks`); a test holds the two to the same answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dropforge.domain.contract import category_text, null_markers, parse_number
from dropforge.domain.contract.cells import SPACES
from dropforge.domain.contract.fields import shown
from dropforge.domain.contract.problems import nearest_name
from training.errors import BadRecord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from dropforge.domain.contract import Column, Contract

MISSING_CATEGORY = ""
"""A missing category is a category of its own: that a value is absent often says something."""


class Features:
    """One contract's way from records to arrays."""

    def __init__(self, contract: Contract) -> None:
        self._names = {column.name for column in contract.features}
        self._ignored = contract.ignored
        self._nulls = null_markers(contract)
        self._numbers = [column for column in contract.features if column.numeric]
        self._categories = [column for column in contract.features if not column.numeric]

    def arrays(
        self, records: Sequence[Mapping[str, Any]], places: Sequence[str]
    ) -> dict[str, NDArray[np.float32] | NDArray[np.object_]]:
        """`places` says of each record where it stands ("record 3", "line 4"), for the message."""
        for record, place in zip(records, places, strict=True):
            self._check_names(record, place)
        numbers = [
            [self._number(record, column, place) for column in self._numbers]
            for record, place in zip(records, places, strict=True)
        ]
        categories = [
            [self._category(record, column, place) for column in self._categories]
            for record, place in zip(records, places, strict=True)
        ]
        feed: dict[str, NDArray[np.float32] | NDArray[np.object_]] = {}
        if self._numbers:
            feed["numbers"] = np.array(numbers, dtype=np.float32)
        if self._categories:
            feed["categories"] = np.array(categories, dtype=object)
        return feed

    def _check_names(self, record: Mapping[str, Any], place: str) -> None:
        unknown = record.keys() - self._names - self._ignored
        if unknown:
            name = min(unknown)
            raise BadRecord(
                place, shown(name), f"is no column of the contract{nearest_name(name, self._names)}"
            )

    def _number(self, record: Mapping[str, Any], column: Column, place: str) -> float:
        value = self._present(record, column, place)
        if value is None:
            return float("nan")
        number = parse_number(value)
        if number is None:
            raise BadRecord(place, column.name, f"{shown(value)} is not a number")
        if column.type == "integer" and not number.is_integer():
            raise BadRecord(place, column.name, f"{shown(value)} is not a whole number")
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

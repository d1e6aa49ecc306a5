"""The contract of the table that pictures become: a number a feature, and the class."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dropforge.domain.contract import Column
from training.images.features import NAMES

if TYPE_CHECKING:
    from dropforge.domain.contract import Contract


def tabular(contract: Contract) -> Contract:
    """A contract of pictures with its table's columns; any other contract as it is.

    What is pinned and compared stays the contract as it was written; this is for whoever needs its columns.
    """
    if contract.image is None:
        return contract
    numbers = tuple(Column(name, "number", required=True) for name in NAMES)
    return replace(contract, columns=(*numbers, contract.target_column))
